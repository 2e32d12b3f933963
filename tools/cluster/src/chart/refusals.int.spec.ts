import { describe, expect, it } from '@jest/globals';
import { refusal } from './render.js';

/** What is refused: its name, values as for --set-json, and a part of the sentence that says why. */
const REFUSALS: readonly (readonly [what: string, set: string, sentence: string])[] = [
  [
    'a root user',
    'podSecurity.runAsUser=0',
    'podSecurity.runAsUser is 0, and nothing of Defter may run as root',
  ],
  ['a root group', 'podSecurity.runAsGroup=0', 'podSecurity.runAsGroup is 0'],
  [
    'a missing probe',
    'defaults.probes.liveness=null',
    'services.ledger.roles.http has no liveness probe: Kubernetes could not tell how its pods are.',
  ],
  [
    'a liveness probe that asks dependencies',
    'defaults.probes.liveness.path="/readyz"',
    'asks /readyz for its liveness probe: a database that is away would restart every pod',
  ],
  [
    'a secret in values, by its name',
    'services.payments.env={"SERVICE_TOKEN":"abc"}',
    'services.payments.env.SERVICE_TOKEN is a secret, and values are readable by many',
  ],
  [
    'a secret in values, by its look',
    'services.payments.env={"STRIPE_URL":"https://user:word@api.example.org"}',
    'services.payments.env.STRIPE_URL holds what looks like a password or a key',
  ],
  ['a secret for all services', 'env={"DATABASE_URL":"x"}', 'env.DATABASE_URL is a secret'],
  ['an unknown key', 'services.ledger.replica=3', "additional properties 'replica' not allowed"],
  ['an unknown key deep down', 'defaults.probes.liveness.periodSecond=3', "'periodSecond' not allowed"],
  [
    'a variable that the service does not read',
    'services.ledger.env={"WRITER_CONECTIONS":8}',
    'services.ledger.env.WRITER_CONECTIONS is no setting of ledger',
  ],
  ['a variable of the chart', 'env={"HTTP_HOST":"::"}', 'env.HTTP_HOST is set by the chart itself'],
  [
    'a crash point',
    'services.ledger.env={"DEFTER_CRASH_POINT":"x"}',
    'services.ledger.env.DEFTER_CRASH_POINT is set by the chart itself',
  ],
  ['an image by tag', 'services.ledger.digest="latest"', "at '/services/ledger/digest'"],
  ['no image', 'services.ledger.digest=""', 'services.ledger.digest is empty: say which image to run'],
  ['a service that does not exist', 'services.ledgr={"enabled":true}', "at '/services/ledgr'"],
  [
    'a disruption budget of one replica',
    'services.ledger.roles.http={"autoscaling":{"min":1}}',
    'services.ledger.roles.http may have 1 replica and has a disruption budget: no node could be drained.',
  ],
  [
    'a disruption budget of all replicas',
    'services.ledger.roles.http={"disruptionBudget":{"minAvailable":2}}',
    'services.ledger.roles.http must keep 2 of 2 replicas',
  ],
  [
    'an end before the drain',
    'shutdown.graceSeconds=25',
    'shutdown.graceSeconds is 25, but waiting and draining may',
  ],
  ['more at least than at most', 'defaults.autoscaling.max=1', 'scales from 2 to 1: min is above max'],
  [
    'two mock providers',
    'services.mock-psp={"enabled":true,"roles":{"http":{"replicas":2}}}',
    'services.mock-psp.roles.http keeps its state in a folder of its own',
  ],
  [
    "the owner's connection in a server",
    'services.ledger.secretEnv={"MIGRATOR_DATABASE_URL":{"name":"a","key":"b"}}',
    'a running service must not be able to change its tables',
  ],
  [
    'a secret that the service does not have',
    'services.ledger.secretEnv={"SERVICE_TOKEN":{"name":"a","key":"b"}}',
    'services.ledger takes SERVICE_TOKEN from a Secret, but ledger has no such secret setting',
  ],
  [
    'a service without its database',
    'services.ledger.secretEnv.DATABASE_URL=null',
    'services.ledger has a database, but no secretEnv.DATABASE_URL',
  ],
  [
    'an address said twice',
    'services.payments.env={"LEDGER_URL":"http://elsewhere:4100"}',
    'services.payments.env.LEDGER_URL contradicts calls.LEDGER_URL',
  ],
  [
    'a call of a port that is not there',
    'services.payments.calls.LEDGER_URL.role="worker"',
    'services.payments.calls.LEDGER_URL names the port http of ledger/worker',
  ],
  ['no way to ask for names', 'network.dns=[]', 'network.dns is empty'],
  [
    'a job of a service that is off',
    'jobs={"nightly":{"service":"mock-psp","args":["x"],"schedule":"* * * * *"}}',
    "jobs.nightly runs in mock-psp, which isn't installed",
  ],
  ['a job that is no job', 'jobs={"nightly":{"service":"ledger","args":["x"]}}', "at '/jobs/nightly'"],
  [
    'a job with too long a name',
    `jobs={"${'long'.repeat(10)}":{"service":"ledger","args":["x"],"schedule":"* * * * *"}}`,
    'which is longer than the 52 characters of a CronJob',
  ],
];

describe('the chart refuses', () => {
  it.each(REFUSALS)('%s', async (_, set, sentence) => {
    expect(await refusal([set])).toContain(sentence);
  });

  it('all at once what contradicts itself', async () => {
    const said = await refusal([
      'podSecurity.runAsUser=0',
      'defaults.probes.liveness=null',
      'network.dns=[]',
    ]);
    expect(said.match(/^ {2}- /gm)?.length).toBeGreaterThan(10);
  });

  it('nothing that is fine', async () => {
    expect(await refusal([])).toBe('');
  });
});
