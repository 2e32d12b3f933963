import type { LiveObject } from '../control-plane/kubectl.js';
import { makeSecret, NAMESPACE } from '../node/installation.js';
import type { NodeStage } from './node-stage.js';
import { isWhole, wordsOf } from './steady-client.js';

/** Upgrades that can't succeed: what is wrong, and the values that make it so. */
const BAD: readonly { readonly what: string; readonly name: string; readonly sets: readonly string[] }[] = [
  {
    what: 'an image that is nowhere',
    name: 'image',
    sets: [`services.ledger.digest="sha256:${'b'.repeat(64)}"`],
  },
  {
    what: 'a migration that fails',
    name: 'migration',
    sets: [
      'services.ledger.migratorEnv.MIGRATOR_DATABASE_URL={"name":"broken-migrator","key":"url"}',
      'migrations.backoffLimit=0',
    ],
  },
  {
    what: 'pods that never get ready',
    name: 'settings',
    sets: ['services.ledger.env={"WRITER_CONNECTIONS":"many"}'],
  },
];

/** Each of them goes back by itself; the old pods serve all along. */
export async function badUpgrades(stage: NodeStage): Promise<void> {
  const { cluster, list } = stage;
  const { kubectl } = cluster.plane;
  const url = new URL(cluster.servers.url('ledger', 'migrator'));
  url.password = 'wrong';
  await makeSecret(kubectl, 'broken-migrator', { url: url.href });
  for (const { what, name, sets } of BAD) {
    const before = await pods(stage);
    const client = stage.client(`upgrade-${name}`);
    const { code, stderr } = await cluster.helm.upgradeOrBack('40s', sets);
    const tally = await client.stop();
    const after = await pods(stage);
    const newest = (await cluster.helm.history()).at(-1);
    list.check(
      `an upgrade with ${what} fails and goes back by itself`,
      code !== 0 && newest?.status === 'deployed',
      `revision ${newest?.revision ?? 0} is ${newest?.status ?? 'missing'}; ${lastLine(stderr)}`,
    );
    const kept = before.filter((each) => after.includes(each)).length;
    list.check(
      '  the old pods are still the ones that run',
      kept === before.length,
      `${kept} of ${before.length}`,
    );
    list.check('  and served all along', isWhole(tally), wordsOf(tally));
  }
}

/** Names of the ledger's running pods. */
async function pods({ cluster }: NodeStage): Promise<string[]> {
  const found: LiveObject[] = await cluster.plane.kubectl.list(
    'pods',
    NAMESPACE,
    'app.kubernetes.io/name=ledger,app.kubernetes.io/component in (http,grpc,worker)',
  );
  const ready = found.filter(({ status }) => status?.['phase'] === 'Running');
  return ready.map(({ metadata }) => metadata.name).sort();
}

const lastLine = (text: string): string => (text.trim().split('\n').at(-1) ?? '').slice(0, 160);
