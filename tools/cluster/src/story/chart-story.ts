// What the chart does on a real API server: `./defter cluster test`.
import { setTimeout as sleep } from 'node:timers/promises';
import { ofKind, type Manifest } from '../chart/manifest.js';
import { manifestsOf, valuesOf } from '../chart/render.js';
import type { ControlPlane } from '../control-plane/control-plane.js';
import { KUBERNETES_VERSION } from '../control-plane/kubernetes-install.js';
import type { Kubectl } from '../control-plane/kubectl.js';
import { CheckList } from './check-list.js';
import { Helm } from './helm.js';
import { PretendNode } from './pretend-node.js';

const NAMESPACE = 'defter';
const PODS_WITHIN_MS = 60_000;
/** A timer of every minute must have fired after that. */
const TIMER_WITHIN_MS = 90_000;

/** Without what needs an operator's own kinds. */
const PLAIN = [
  'keda.enabled=false',
  'monitoring={"serviceMonitors":{"enabled":false},"rules":{"enabled":false}}',
];
const TIMER = 'defter-ledger-verify-main';
const EVERY_MINUTE = 'jobs.verify-main.schedule="* * * * *"';

interface Stage {
  readonly kubectl: Kubectl;
  readonly helm: Helm;
  readonly node: PretendNode;
  readonly list: CheckList;
}

/** Plays everything; gives the number of checks that failed. */
export async function playChart({ kubectl, kubeconfig }: ControlPlane): Promise<number> {
  const helm = new Helm(kubeconfig, NAMESPACE, [valuesOf('full')]);
  const node = new PretendNode(kubectl, NAMESPACE);
  const stage: Stage = { kubectl, helm, node, list: new CheckList() };
  await kubectl.does('create', 'namespace', NAMESPACE);
  const enforce = 'pod-security.kubernetes.io/enforce=restricted';
  await kubectl.does('label', 'namespace', NAMESPACE, enforce);
  node.start();
  try {
    await install(stage);
    await Promise.all([timers(stage), security(stage), wrongZone(stage)]);
    await upgrades(stage);
    await leaves(stage);
  } finally {
    await node.stop();
  }
  return stage.list.failures;
}

async function install({ kubectl, helm, node, list }: Stage): Promise<void> {
  const version = JSON.parse(await kubectl.does('get', '--raw', '/version')) as { gitVersion: string };
  list.check('a real API server answers', version.gitVersion === KUBERNETES_VERSION, version.gitVersion);
  const startedAt = Date.now();
  const installed = await helm.upgrade([...PLAIN, EVERY_MINUTE]);
  const seconds = `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  list.check('the chart is installed', installed.code === 0, lastLine(installed.stderr) || seconds);
  const before = node.deploymentsAtMigration;
  list.check('its migrations ran before anything else', before === 0, `${before ?? 'no'} deployments then`);
  const wanted = ofKind(manifestsOf(await helm.template(PLAIN)), 'Deployment').length;
  const pods = await allPods(kubectl, wanted);
  list.check('every Deployment gets its pods, under restricted pod security', pods.missing === '', pods.said);
}

/** Waits until every Deployment has as many pods as it wants, and at least as many as its autoscaler does. */
async function allPods(kubectl: Kubectl, wanted: number): Promise<{ missing: string; said: string }> {
  const deadline = Date.now() + PODS_WITHIN_MS;
  for (;;) {
    const deployments = await kubectl.list('deployments', NAMESPACE);
    const counts = deployments.map(({ metadata, spec, status }) => ({
      name: metadata.name,
      want: metadata.name.includes('mock-psp')
        ? 1
        : Math.max(2, (spec?.['replicas'] as number | undefined) ?? 0),
      have: (status?.['updatedReplicas'] as number | undefined) ?? 0,
    }));
    const missing = counts.filter(({ want, have }) => have < want).map(({ name }) => name);
    const total = counts.reduce((sum, { have }) => sum + have, 0);
    const said = `${deployments.length} of ${wanted} deployments, ${total} pods`;
    if (missing.length === 0 && deployments.length === wanted) return { missing: '', said };
    if (Date.now() > deadline)
      return { missing: missing.join(', ') || 'deployments', said: missing.join(', ') };
    await sleep(500);
  }
}

async function security({ kubectl, list }: Stage): Promise<void> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'root', namespace: NAMESPACE },
    spec: { containers: [{ name: 'root', image: 'x', securityContext: { runAsUser: 0 } }] },
  };
  const { code, stderr } = await kubectl.applies(JSON.stringify(pod));
  const refused = code !== 0 && stderr.includes('violates PodSecurity');
  list.check('a root pod is refused in the same namespace', refused, refused ? '' : stderr);
}

async function wrongZone({ kubectl, helm, list }: Stage): Promise<void> {
  const dryRun = async (zone: string): Promise<{ code: number | null; stderr: string }> => {
    const manifests = manifestsOf(await helm.template([...PLAIN, `jobs.verify-main.timeZone="${zone}"`]));
    const cron = ofKind(manifests, 'CronJob').find(({ metadata }) => metadata.name === TIMER);
    return kubectl.applies(JSON.stringify(cron), '--dry-run=server', '-n', NAMESPACE);
  };
  const wrong = await dryRun('Europe/Constantinople-2');
  const right = await dryRun('Europe/Istanbul');
  list.check(
    'a wrong time zone is refused',
    wrong.code !== 0 && wrong.stderr.includes('timeZone'),
    lastLine(wrong.stderr),
  );
  list.check('a right one is taken', right.code === 0, right.code === 0 ? '' : right.stderr);
}

async function timers({ kubectl, list }: Stage): Promise<void> {
  const made = await kubectl.tries(
    ...['create', 'job', 'by-hand', `--from=cronjob/${TIMER}`, '-n', NAMESPACE],
  );
  list.check('a job can be started by hand from its timer', made.code === 0, lastLine(made.stderr));
  const deadline = Date.now() + TIMER_WITHIN_MS;
  const own = async (): Promise<Manifest[]> =>
    (await kubectl.list('jobs', NAMESPACE)).filter(({ metadata }) => metadata.name.startsWith(`${TIMER}-`));
  while ((await own()).length === 0 && Date.now() < deadline) await sleep(1_000);
  const jobs = await own();
  list.check('the timer makes a job within its minute', jobs.length > 0, jobs[0]?.metadata.name);
  const pods = await kubectl.list('pods', NAMESPACE, 'app.kubernetes.io/component=verify-main');
  list.check('its pod passes restricted pod security', pods.length > 0, `${pods.length} pods`);
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

async function upgrades({ kubectl, helm, node, list }: Stage): Promise<void> {
  const generations = async (): Promise<Record<string, unknown>> => {
    const sets = await kubectl.list('deployments', NAMESPACE);
    return Object.fromEntries(
      sets.map(({ metadata, spec }) => [metadata.name, JSON.stringify(spec?.['template'])]),
    );
  };
  const changed = async (before: Record<string, unknown>): Promise<string> => {
    const after = await generations();
    return Object.keys(after)
      .filter((name) => after[name] !== before[name])
      .sort()
      .join(', ');
  };
  const first = await generations();
  const sets = [...PLAIN, 'services.ledger.env={"WRITER_CONNECTIONS":9}'];
  const upgraded = await helm.upgrade(sets);
  const rolled = await changed(first);
  const ledgers = 'defter-ledger-grpc, defter-ledger-http, defter-ledger-worker';
  list.check(
    'a changed setting rolls the pods of its service, and no others',
    upgraded.code === 0 && rolled === ledgers,
    rolled,
  );

  const second = await generations();
  node.ending = 'Failed';
  const failed = await helm.upgrade([...PLAIN, 'env={"LOG_LEVEL":"debug"}']);
  const touched = await changed(second);
  list.check('a migration that fails stops the upgrade', failed.code !== 0, lastLine(failed.stderr));
  list.check('and what runs is left as it is', touched === '', touched);
  const [job] = (await kubectl.list('jobs', NAMESPACE)).filter(
    ({ status }) => ((status?.['failed'] as number | undefined) ?? 0) > 0,
  );
  list.check(
    'wrong configuration is not tried again',
    job?.status?.['failed'] === 1,
    `${String(job?.status?.['failed'])} try`,
  );

  node.ending = 'Succeeded';
  const back = await helm.rollback();
  list.check('the release can go back', back.code === 0, lastLine(back.stderr));
}

async function leaves({ kubectl, helm, list }: Stage): Promise<void> {
  const gone = await helm.uninstall();
  const kinds =
    'deployments,services,configmaps,cronjobs,networkpolicies,poddisruptionbudgets,serviceaccounts,hpa';
  const left = (await kubectl.list(kinds, NAMESPACE, 'app.kubernetes.io/part-of=defter')).map(
    ({ kind, metadata }) => `${kind}/${metadata.name}`,
  );
  list.check(
    'uninstalling leaves nothing but finished migrations',
    gone.code === 0 && left.length === 0,
    left.join(', '),
  );
}
