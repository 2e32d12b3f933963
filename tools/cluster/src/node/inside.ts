import { readFileSync } from 'node:fs';
import { SetupError } from '@defter/embedded';
import type { MainJob } from '../story/main-job.js';
import { installed, playNode } from '../story/node-story.js';
import { startNodeCluster, type Brought } from './node-cluster.js';

/** The first process of the namespaces: it starts everything, and everything ends with it. */
export async function runInside(args: readonly string[], mainJob: MainJob): Promise<number> {
  const [what, file = ''] = args;
  if (process.pid !== 1)
    throw new SetupError('This is a part of ./defter cluster', 'Use ./defter cluster up|test --node');
  const toldToStop = new Promise<void>((resolve) => process.stdin.once('end', resolve).resume());
  const startedAt = Date.now();
  const seconds = (): string => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  const work = async (): Promise<number> => {
    const cluster = await startNodeCluster(JSON.parse(readFileSync(file, 'utf8')) as Brought);
    console.log(`\nA cluster with a node (${seconds()}).`);
    if (what === 'up') {
      const outcome = await installed(cluster);
      console.log(outcome === '' ? howToUse(cluster.installation.tenant.apiKey) : outcome);
      await toldToStop;
      return outcome === '' ? 0 : 1;
    }
    const { checks, failures } = await playNode(cluster, mainJob);
    console.log(`\n${checks - failures} of ${checks} checks hold (${seconds()}).`);
    return failures === 0 ? 0 : 1;
  };
  return Promise.race([work(), toldToStop.then(() => 1)]);
}

const howToUse = (apiKey: string): string => `Ready, and the chart is installed. In another terminal:

  ./defter cluster enter kubectl get pods -n defter
  ./defter cluster enter                 # a shell on the machine of the node
  ./defter cluster down

The tenant's API key: ${apiKey}`;
