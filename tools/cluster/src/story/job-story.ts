import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RELEASE } from '../chart/render.js';
import type { Kubectl, LiveObject } from '../control-plane/kubectl.js';
import { NAMESPACE } from '../node/installation.js';
import type { NodeStage } from './node-stage.js';

const DONE_WITHIN_MS = 180_000;

/** Starts each timer's job by hand, as an operator would, and reads how it ended and what it said. */
export async function jobsRun({ cluster, list }: NodeStage): Promise<void> {
  const { plane } = cluster;
  const timers = await plane.kubectl.list('cronjobs', NAMESPACE);
  list.check('there are timers', timers.length > 0, `${timers.length}`);
  const nameOf = (timer: string): string => `by-hand-${timer.replace(`${RELEASE}-`, '')}`;
  for (const { metadata } of timers) {
    const from = `--from=cronjob/${metadata.name}`;
    await plane.kubectl.does('create', 'job', nameOf(metadata.name), from, '-n', NAMESPACE);
  }
  for (const { metadata } of timers) {
    const short = metadata.name.replace(`${RELEASE}-`, '');
    const name = nameOf(metadata.name);
    const { status, tries } = await outcome(plane.kubectl, name);
    const said = (await plane.kubectl.tries('logs', `job/${name}`, '-n', NAMESPACE)).stdout;
    const result = said
      .trim()
      .split('\n')
      .findLast((line) => !line.startsWith('{'));
    list.check(
      `${short} runs as a pod and ends well`,
      status === 'Complete' && tries === 1 && result !== undefined,
      `${status} after ${tries} pod; ${result ?? said.trim().split('\n').at(-1) ?? ''}`,
    );
  }
  const [verified] = await plane.kubectl
    .tries('logs', `job/by-hand-reconciliation-verify-proofs`, '-n', NAMESPACE)
    .then(({ stdout }) => /done, \d+ found/.exec(stdout) ?? ['']);
  list.check('and the ledger is what its proofs say', verified === 'done, 0 found', verified);
  const mails = readdirSync(cluster.installation.mail).filter((file) => file.endsWith('.eml'));
  list.check('reports lie on their volume as mail', mails.length > 1, mails.join(', '));
}

/** How a job ended, and how many pods it took. */
async function outcome(kubectl: Kubectl, name: string): Promise<{ status: string; tries: number }> {
  const deadline = Date.now() + DONE_WITHIN_MS;
  for (;;) {
    const [job] = (await kubectl.list('jobs', NAMESPACE)).filter(({ metadata }) => metadata.name === name);
    const ended = conditionOf(job);
    if (ended !== undefined || Date.now() > deadline) {
      const count = (of: string): number => (job?.status?.[of] as number | undefined) ?? 0;
      return { status: ended ?? 'Unfinished', tries: count('succeeded') + count('failed') };
    }
    await sleep(500);
  }
}

function conditionOf(job: LiveObject | undefined): string | undefined {
  const conditions = (job?.status?.['conditions'] ?? []) as { type: string; status: string }[];
  return conditions.find(({ type, status }) => ['Complete', 'Failed'].includes(type) && status === 'True')
    ?.type;
}
