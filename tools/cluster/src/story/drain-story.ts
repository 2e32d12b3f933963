import { NAMESPACE } from '../node/installation.js';
import type { NodeStage } from './node-stage.js';
import { isWhole, wordsOf } from './steady-client.js';

const HELD = /Cannot evict pod as it would violate the pod's disruption budget/g;

/** A second node joins, and the first is emptied: budgets see to it that nothing stops meanwhile. */
export async function drained(stage: NodeStage): Promise<void> {
  const { cluster, list } = stage;
  const { kubectl } = cluster.plane;
  const budgets = (await kubectl.list('poddisruptionbudgets', NAMESPACE)).map(
    ({ metadata }) => metadata.name,
  );
  const { name } = await cluster.addNode();
  const fewest = new Map<string, number>();
  const columns = '-o=custom-columns=NAME:.metadata.name,AVAILABLE:.status.availableReplicas';
  const watch = ['get', 'deployments', '-n', NAMESPACE, '--watch', '--no-headers', columns];
  const endWatch = kubectl.follows(watch, (line) => {
    const [deployment = '', available = ''] = line.split(/\s+/);
    const count = available === '<none>' ? 0 : Number.parseInt(available, 10);
    fewest.set(deployment, Math.min(fewest.get(deployment) ?? count, count));
  });
  const client = stage.client('drain');
  const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--timeout=400s'];
  const startedAt = Date.now();
  const { code, stderr } = await kubectl.tries('drain', 'node-0', ...flags);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
  const tally = await client.stop();
  await endWatch();
  const left = (await kubectl.list('pods', NAMESPACE)).filter(
    ({ spec, status }) => spec?.['nodeName'] !== name && status?.['phase'] === 'Running',
  );
  const said = `${seconds} s, everything runs on ${name}`;
  const over = code === 0 && left.length === 0;
  list.check('a node can be drained', over, over ? said : stderr.trim().slice(-300));
  const held = [...stderr.matchAll(HELD)].length;
  list.check('  budgets held it until pods were replaced', held > 0, `${held} evictions had to wait`);
  const low = budgets.filter((budget) => (fewest.get(budget) ?? 0) < 1);
  list.check(
    '  of nothing that has a budget was there ever less than one ready pod',
    budgets.length > 0 && low.length === 0,
    `${budgets.length} budgets${low.length > 0 ? `; without a pod: ${low.join(', ')}` : ''}`,
  );
  list.check('  and no request to the ledger was lost', isWhole(tally), wordsOf(tally));
}
