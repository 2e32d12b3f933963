import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { CHECKOUT } from '@defter/embedded';
import { consumedTopics, producedTopics } from '../kafka/consumed-topics.js';
import { ofKind, podsOf, type Manifest } from './manifest.js';
import { policies } from './policies.js';
import { lint, render, variants } from './render.js';
import { schemaProblems } from './schema-check.js';

describe.each(variants())('the chart with the values %s', (variant) => {
  let manifests: Manifest[];
  beforeAll(async () => {
    manifests = await render(variant);
  });

  it('passes helm lint', async () => {
    expect(await lint(variant)).toEqual({ ok: true, said: expect.stringContaining('0 chart(s) failed') });
  });

  it('makes objects that Kubernetes knows, without a member that it does not', () => {
    expect(manifests.length).toBeGreaterThan(30);
    expect(manifests.flatMap(schemaProblems)).toEqual([]);
  });

  it('makes each object once', () => {
    const names = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it.each(Object.entries(policies))('%s', (_, policy) => {
    expect(policy(manifests)).toEqual([]);
  });

  it('migrates before anything of a release runs', () => {
    const jobs = ofKind(manifests, 'Job');
    expect(jobs.length).toBeGreaterThan(3);
    for (const { metadata } of jobs) {
      expect(metadata.annotations?.['helm.sh/hook']).toBe('pre-install,pre-upgrade');
    }
  });

  it("gives the owner's connection to nothing but migrations and jobs that ask for it", () => {
    const holders = podsOf(manifests)
      .filter(({ spec }) => JSON.stringify(spec).includes('MIGRATOR_DATABASE_URL'))
      .map(({ from }) => from);
    const allowed = /^Job\/defter-[a-z-]+-migrate$|^CronJob\/defter-ledger-verify-main$/;
    expect(holders.length).toBeGreaterThan(3);
    expect(holders.filter((from) => !allowed.test(from))).toEqual([]);
  });
});

describe('the chart with everything', () => {
  let manifests: Manifest[];
  beforeAll(async () => {
    manifests = await render('full');
  });

  const named = (kind: string, name: string): Manifest => {
    const found = ofKind(manifests, kind).find(({ metadata }) => metadata.name === name);
    if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
    return found;
  };

  it('tells callers where whom they call is, and lets them through to that and no other port', () => {
    const { data } = named('ConfigMap', 'defter-payments');
    expect(data).toMatchObject({
      LEDGER_URL: 'http://defter-ledger-http:4100',
      LEDGER_GRPC_URL: 'defter-ledger-grpc:4101',
      MOCK_PSP_URL: 'http://defter-mock-psp-http:4500',
    });
    const payments = { 'app.kubernetes.io/name': 'payments', 'app.kubernetes.io/instance': 'defter' };
    expect(named('NetworkPolicy', 'defter-ledger-grpc').spec?.['ingress']).toContainEqual({
      from: [{ podSelector: { matchLabels: payments } }],
      ports: [{ port: 4101 }],
    });
    const policy = JSON.stringify(named('NetworkPolicy', 'defter-ledger-worker').spec);
    expect(policy).not.toContain('payments');
  });

  it('lets only those reach the internet that call others, and never private addresses', () => {
    const open = ofKind(manifests, 'NetworkPolicy').filter(({ spec }) =>
      JSON.stringify(spec).includes('0.0.0.0/0'),
    );
    const workers = ['payments', 'reconciliation', 'webhook-delivery'].map((name) => `defter-${name}-worker`);
    expect(open.map(({ metadata }) => metadata.name).sort()).toEqual(workers);
    for (const { spec } of open) expect(JSON.stringify(spec)).toContain('169.254.0.0/16');
  });

  it('scales workers by the lag of what they consume, and nothing by two scalers', () => {
    const scaled = ofKind(manifests, 'ScaledObject');
    const topicsOf = ({ spec }: Manifest): string[] =>
      (spec?.['triggers'] as { metadata: { topic: string } }[]).map(({ metadata }) => metadata.topic).sort();
    expect(Object.fromEntries(scaled.map((each) => [each.metadata.name, topicsOf(each)]))).toEqual(
      Object.fromEntries(
        Object.entries(consumedTopics()).map(([name, topics]) => [`defter-${name}-worker`, topics]),
      ),
    );
    const scalers = [...scaled, ...ofKind(manifests, 'HorizontalPodAutoscaler')].map(
      ({ metadata }) => metadata.name,
    );
    expect(new Set(scalers).size).toBe(scalers.length);
    expect(scalers).toContain('defter-ledger-http');
  });

  it('rolls its pods when their configuration changes, and only those of that service', async () => {
    const checksums = (of: readonly Manifest[]): Record<string, string | undefined> =>
      Object.fromEntries(podsOf(of).map(({ from, annotations }) => [from, annotations['checksum/config']]));
    const before = checksums(await render('default'));
    const after = checksums(await render('default', ['services.ledger.env={"WRITER_CONNECTIONS":9}']));
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    const ledgers = ['grpc', 'http', 'worker'].map((role) => `Deployment/defter-ledger-${role}`);
    expect(changed.sort()).toEqual(ledgers);
  });

  it('runs jobs that their service has', () => {
    for (const { spec } of podsOf(ofKind(manifests, 'CronJob'))) {
      const [container] = spec.containers;
      const service = /\/([a-z-]+)@/.exec(container?.image ?? '')?.[1] ?? '';
      const main = join(CHECKOUT, 'apps', service, 'dist/main.js');
      // Without a database it can't run; an unknown job would end with 64 before it looks for one.
      const { status } = spawnSync(process.execPath, [main, ...(container?.args ?? [])], { env: {} });
      expect({ args: container?.args, status }).toEqual({ args: container?.args, status: 78 });
    }
  });
});

describe('the chart with the users of k8s/kafka', () => {
  let manifests: Manifest[];
  beforeAll(async () => {
    manifests = await render('strimzi');
  });

  const talking = Object.keys({ ...consumedTopics(), ...producedTopics() }).sort();
  const holders = (secret: string): string[] =>
    podsOf(manifests)
      .filter(({ spec }) => JSON.stringify(spec).includes(`"secretName":"${secret}"`))
      .map(({ from }) => from);

  it("gives a user's password to the pods that publish or consume, and to no other pod", () => {
    for (const service of talking)
      expect(holders(`defter-${service}`)).toEqual([`Deployment/defter-${service}-worker`]);
    expect(holders('defter-keda')).toEqual([]);
    const trusting = talking.map((service) => `Deployment/defter-${service}-worker`);
    expect(holders('defter-cluster-ca-cert').sort()).toEqual(trusting);
  });

  it('tells those pods, and no others, who they are and where the files lie that it mounts', () => {
    for (const service of talking) {
      const settings = ofKind(manifests, 'ConfigMap').find(
        ({ metadata }) => metadata.name === `defter-${service}-kafka`,
      );
      expect(settings?.data).toEqual({
        KAFKA_USER: `defter-${service}`,
        KAFKA_PASSWORD_FILE: '/etc/defter-kafka/user/password',
        KAFKA_TLS: 'true',
        KAFKA_CA_FILE: '/etc/defter-kafka/ca/ca.crt',
      });
      const readers = podsOf(manifests).filter(({ spec }) =>
        JSON.stringify(spec).includes(`"name":"defter-${service}-kafka"`),
      );
      expect(readers.map(({ from }) => from)).toEqual([`Deployment/defter-${service}-worker`]);
      expect(JSON.stringify(readers)).toMatch(/"mountPath":"\/etc\/defter-kafka\/user"/);
      expect(JSON.stringify(readers)).toContain('"items":[{"key":"password","path":"password"}]');
      expect(JSON.stringify(readers)).toContain('"items":[{"key":"ca.crt","path":"ca.crt"}]');
    }
    const texts = ofKind(manifests, 'ConfigMap').filter(({ data }) => 'KAFKA_USER' in (data ?? {}));
    expect(texts).toHaveLength(talking.length + 1);
  });

  it('renews pods when their user is another one, and no others', async () => {
    const checksums = (of: readonly Manifest[]): Record<string, string | undefined> =>
      Object.fromEntries(podsOf(of).map(({ from, annotations }) => [from, annotations['checksum/config']]));
    const before = checksums(manifests);
    const after = checksums(await render('strimzi', ['kafka.users.ledger.name="other"']));
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(changed).toEqual(['Deployment/defter-ledger-worker']);
  });

  it('lets pods of before reach the brokers by the old port while they move to another', async () => {
    const moving = await render('strimzi', ['network.kafka.alsoPorts=[9092]']);
    const policies = ofKind(moving, 'NetworkPolicy').map(({ spec }) => JSON.stringify(spec));
    const reaching = policies.filter((text) => text.includes('9093'));
    expect(reaching.length).toBeGreaterThan(4);
    for (const text of reaching) expect(text).toContain('"ports":[{"port":9093},{"port":9092}]');
  });

  it('lets the scaler log in as a user of its own', () => {
    const [login] = ofKind(manifests, 'TriggerAuthentication');
    expect(login?.spec).toEqual({
      configMapTargetRef: [{ parameter: 'username', name: 'defter-keda-kafka', key: 'KAFKA_USER' }],
      secretTargetRef: [
        { parameter: 'password', name: 'defter-keda', key: 'password' },
        { parameter: 'ca', name: 'defter-cluster-ca-cert', key: 'ca.crt' },
      ],
    });
    for (const { spec } of ofKind(manifests, 'ScaledObject')) {
      for (const trigger of spec?.['triggers'] as object[]) {
        expect(trigger).toMatchObject({
          metadata: { sasl: 'scram_sha512', tls: 'enable' },
          authenticationRef: { name: login?.metadata.name },
        });
      }
    }
  });

  it('says nothing of users where there are none', async () => {
    const plain = JSON.stringify(await render('full'));
    expect(plain).not.toMatch(/KAFKA_(USER|PASSWORD|TLS|CA)|TriggerAuthentication|kafka-user/);
  });

  it('asks for Secrets from outside before migrations need them, by names and never by content', () => {
    const asked = ofKind(manifests, 'ExternalSecret');
    expect(asked.map(({ metadata }) => metadata.name).sort()).toEqual([
      'defter-ledger-checkpoints',
      'defter-payments-token',
      'defter-reconciliation-token',
      'defter-webhook-delivery-sealing',
    ]);
    for (const { metadata, spec } of asked) {
      expect(metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade' });
      expect(Number(metadata.annotations?.['helm.sh/hook-weight'])).toBeLessThan(-10);
      expect(spec).toMatchObject({
        secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
        // Helm replaces it at each upgrade: the Secret must stay meanwhile.
        target: { name: metadata.name, creationPolicy: 'Orphan', deletionPolicy: 'Retain' },
      });
    }
    expect(asked[0]?.spec?.['data']).toEqual([
      { secretKey: 'key.pem', remoteRef: { key: 'defter/ledger', property: 'checkpoint-key' } },
    ]);
  });
});
