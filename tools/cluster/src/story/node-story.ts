// What an installation does where pods really run: `./defter cluster test --node`.
import { ofKind } from '../chart/manifest.js';
import { manifestsOf, RELEASE } from '../chart/render.js';
import { NAMESPACE } from '../node/installation.js';
import type { NodeCluster } from '../node/node-cluster.js';
import { CheckList } from './check-list.js';
import { drained } from './drain-story.js';
import { jobsRun } from './job-story.js';
import { killedLedger } from './killed-ledger.js';
import type { MainJob, MainJobStage } from './main-job.js';
import type { NodeStage } from './node-stage.js';
import { SteadyClient } from './steady-client.js';
import { badUpgrades } from './upgrade-story.js';

/** Plays everything; says how many checks there were, and how many failed. */
export async function playNode(cluster: NodeCluster, mainJob: MainJob): Promise<CheckList> {
  const list = new CheckList();
  const { tenant } = cluster.installation;
  const startedAt = Date.now();
  cluster.prepareNode();
  const outcome = await installed(cluster);
  const seconds = `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  list.check('the chart is installed, and every Deployment ready', outcome === '', outcome || seconds);
  if (outcome !== '') {
    await showPods(cluster);
    return list;
  }
  const urls = await urlsOf(cluster);
  const client = (name: string): SteadyClient =>
    new SteadyClient({ url: urls.ledger, token: tenant.apiKey, ledger: tenant.ledger }, name).start();
  const stage: NodeStage = { cluster, list, urls, client };
  await podsRun(stage);
  await confined(stage);
  await booksEqual(stage, mainJob);
  await jobsRun(stage);
  await badUpgrades(stage);
  await drained(stage);
  return list;
}

/** Installs the chart and waits; what went wrong, else nothing. */
export async function installed({ helm }: NodeCluster): Promise<string> {
  const { code, stderr } = await helm.upgradeAndWait('6m');
  return code === 0 ? '' : stderr.trim().split('\n').slice(-3).join(' ');
}

/** Why an installation isn't ready: pods that don't run, and what Kubernetes says of them. */
async function showPods({ plane: { kubectl } }: NodeCluster): Promise<void> {
  console.log(await kubectl.does('get', 'pods', '-n', NAMESPACE, '-o', 'wide'));
  const events = ['get', 'events', '-n', NAMESPACE, '--field-selector', 'type=Warning'];
  console.log((await kubectl.does(...events)).split('\n').slice(-30).join('\n'));
}

/** Where the services are: by their cluster addresses, as their callers find them. */
async function urlsOf({ plane }: NodeCluster): Promise<MainJobStage['urls']> {
  const services = await plane.kubectl.list('services', NAMESPACE);
  const url = (name: string): string => {
    const found = services.find(({ metadata }) => metadata.name === `${RELEASE}-${name}-http`);
    const ports = (found?.spec?.['ports'] ?? []) as { name: string; port: number }[];
    const port = ports.find((each) => each.name === 'http')?.port;
    return `http://${String(found?.spec?.['clusterIP'])}:${port ?? 0}`;
  };
  return {
    ledger: url('ledger'),
    payments: url('payments'),
    reconciliation: url('reconciliation'),
    mockPsp: url('mock-psp'),
  };
}

interface ContainerStatus {
  readonly restartCount: number;
}

async function podsRun({ cluster: { plane, helm }, list }: NodeStage): Promise<void> {
  const manifests = manifestsOf(await helm.template());
  const deployments = await plane.kubectl.list('deployments', NAMESPACE);
  const wanted = ofKind(manifests, 'Deployment').length;
  const short = deployments.filter(({ spec, status }) => status?.['readyReplicas'] !== spec?.['replicas']);
  const pods = (await plane.kubectl.list('pods', NAMESPACE)).filter(
    ({ status }) => status?.['phase'] === 'Running',
  );
  const restarts = pods
    .flatMap(({ status }) => (status?.['containerStatuses'] ?? []) as ContainerStatus[])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
  list.check(
    'each of them has its pods, and none had to be started twice',
    deployments.length === wanted && short.length === 0 && restarts === 0,
    `${deployments.length} deployments, ${pods.length} pods, ${restarts} restarts`,
  );
  const migrations = (await plane.kubectl.list('jobs', NAMESPACE)).filter(({ metadata }) =>
    metadata.name.endsWith('-migrate'),
  );
  const done = migrations.filter(({ status }) => status?.['succeeded'] === 1);
  list.check(
    'migrations ran as Jobs, each once',
    done.length === ofKind(manifests, 'Job').length && done.length === migrations.length,
    `${done.length} of ${migrations.length}`,
  );
}

/** What a pod of ours may do at most, seen from inside. */
const LOOK = `
const fs = require('fs');
const tries = (path) => {
  try { fs.writeFileSync(path, ''); return 'written'; } catch (error) { return error.code; }
};
const status = fs.readFileSync('/proc/self/status', 'utf8');
const line = (name) => status.match(new RegExp('^' + name + ':\\\\s*(.*)$', 'm'))[1];
console.log(JSON.stringify({ user: process.getuid(), root: tries('/etc/x'), tmp: tries('/tmp/x'),
  capabilities: line('CapEff'), seccomp: line('Seccomp'), noNewPrivileges: line('NoNewPrivs'),
  token: fs.existsSync('/var/run/secrets/kubernetes.io') }));`;

async function confined({ cluster: { plane }, list }: NodeStage): Promise<void> {
  const { code, stdout, stderr } = await plane.kubectl.tries(
    ...['exec', '-n', NAMESPACE, `deployment/${RELEASE}-ledger-http`, '--', 'node', '-e', LOOK],
  );
  const wanted = {
    user: 10_001,
    root: 'EROFS',
    tmp: 'written',
    capabilities: '0000000000000000',
    seccomp: '2',
    noNewPrivileges: '1',
    token: false,
  };
  const holds = code === 0 && stdout.trim() === JSON.stringify(wanted);
  list.check(
    'a pod is user 10001 without capabilities, filtered, on a root that it cannot write',
    holds,
    holds ? '' : stdout.trim() || stderr.trim(),
  );
}

async function booksEqual({ cluster, list, urls }: NodeStage, mainJob: MainJob): Promise<void> {
  const { tenant } = cluster.installation;
  const killLedger = (): Promise<string> => killedLedger(cluster.plane.kubectl);
  try {
    const claims = await mainJob({ tenant, urls, killLedger }, (line) => console.log(`     … ${line}`));
    for (const { claim, holds, figures } of claims) list.check(claim, holds, figures);
  } catch (error) {
    list.check('the main job is played', false, error instanceof Error ? error.message : String(error));
  }
}
