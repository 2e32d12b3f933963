import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CHECKOUT, SERVICES } from '@defter/embedded';
import { parse, parseAllDocuments } from 'yaml';
import type { Manifest } from './chart/manifest.js';
import { schemaProblems } from './chart/schema-check.js';
import { consumedTopics, producedTopics } from './kafka/consumed-topics.js';

const documents = (path: string): Manifest[] =>
  parseAllDocuments(readFileSync(join(CHECKOUT, path), 'utf8')).map((each) => each.toJS() as Manifest);

interface KafkaCluster {
  readonly authorization: object;
  readonly listeners: readonly { readonly port: number; readonly tls: boolean; authentication: object }[];
}

interface StrimziValues {
  readonly kafka: {
    readonly brokers: readonly string[];
    readonly tls: object;
    readonly users: Readonly<Record<string, { readonly name: string }>>;
  };
  readonly network: { readonly kafka: { readonly port: number } };
}

interface Chart {
  readonly services: Readonly<Record<string, ChartService>>;
}

interface ChartService {
  readonly managementPort: number;
  readonly database: boolean;
  readonly kafka: boolean;
  readonly roles: Readonly<Record<string, ChartRole>>;
}

interface ChartRole {
  readonly ports?: Readonly<Record<string, number>>;
  readonly kafka?: boolean;
}

describe('the servers that the chart needs', () => {
  const values = parse(readFileSync(join(CHECKOUT, 'charts/defter/values.yaml'), 'utf8')) as Chart;

  it('acknowledge a message when two brokers of three have it, and lose none when one dies', () => {
    const [pool, kafka] = documents('k8s/kafka/kafka.yaml');
    expect(pool?.spec).toMatchObject({ replicas: 3 });
    expect((kafka?.spec?.['kafka'] as { config: object }).config).toMatchObject({
      'min.insync.replicas': 2,
      'default.replication.factor': 3,
      'unclean.leader.election.enable': false,
      'auto.create.topics.enable': false,
    });
    for (const { spec } of documents('k8s/kafka/topics.yaml')) {
      expect(spec).toMatchObject({ replicas: 3, config: { 'min.insync.replicas': 2 } });
    }
  });

  it.each(['kafka', 'topics', 'users'])('are what Strimzi knows, to the last member: %s.yaml', (file) => {
    const found = documents(`k8s/kafka/${file}.yaml`);
    expect(found.length).toBeGreaterThan(1);
    expect(found.flatMap(schemaProblems)).toEqual([]);
  });

  it('let nobody into Kafka without a user, and nobody do what its user may not', () => {
    const [, kafka] = documents('k8s/kafka/kafka.yaml');
    const { listeners, authorization } = kafka?.spec?.['kafka'] as KafkaCluster;
    expect(listeners.map(({ tls, authentication }) => ({ tls, authentication }))).toEqual([
      { tls: true, authentication: { type: 'scram-sha-512' } },
    ]);
    expect(authorization).toEqual({ type: 'simple' });
    expect((kafka?.spec?.['kafka'] as { config: object }).config).toMatchObject({
      'connections.max.reauth.ms': 3_600_000,
    });
    expect(kafka?.spec?.['entityOperator']).toMatchObject({ userOperator: {} });
  });

  it('are reached with ci/strimzi.yaml: the same address, CA, users and port', () => {
    const { kafka, network } = parse(
      readFileSync(join(CHECKOUT, 'charts/defter/ci/strimzi.yaml'), 'utf8'),
    ) as StrimziValues;
    const [, cluster] = documents('k8s/kafka/kafka.yaml');
    const { listeners } = cluster?.spec?.['kafka'] as KafkaCluster;
    const [name, port] = [cluster?.metadata.name ?? '', listeners[0]?.port ?? 0];
    expect(kafka.brokers).toEqual([`${name}-kafka-bootstrap:${port}`]);
    expect(network.kafka.port).toBe(port);
    expect(kafka.tls).toEqual({ enabled: true, ca: { name: `${name}-cluster-ca-cert`, key: 'ca.crt' } });
    const users = documents('k8s/kafka/users.yaml').map((user) => user.metadata.name);
    const secrets = users.map((user) => ({ name: user, secret: { name: user, key: 'password' } }));
    expect(byName(Object.values(kafka.users))).toEqual(byName(secrets));
  });

  it('have a user of each service that talks to Kafka, for the roles that do', () => {
    const talking = [...new Set([consumedTopics(), producedTopics()].flatMap(Object.keys))].sort();
    const roles = Object.entries(values.services).flatMap(([name, { kafka, roles: its }]) =>
      Object.entries(its).flatMap(([role, own]) => (kafka && own.kafka === true ? [`${name}/${role}`] : [])),
    );
    expect(roles.sort()).toEqual(talking.map((name) => `${name}/worker`));
  });

  it('have a topic for dead letters beside each', () => {
    const names = documents('k8s/kafka/topics.yaml').map(({ metadata }) => metadata.name);
    expect(names).toContain('defter.ledger.events.v1');
    const alone = names.filter((name) => !name.endsWith('.dead') && !names.includes(`${name}.dead`));
    expect(alone).toEqual([]);
  });

  it('are a database of each service that has one, with a second copy of every commit', () => {
    const clusters = documents('k8s/postgres/clusters.yaml');
    const owners = Object.entries(values.services).filter(([, { database }]) => database);
    const names = owners.map(([name]) => `defter-${name}`).sort();
    expect(clusters.map(({ metadata }) => metadata.name).sort()).toEqual(names);
    for (const { spec } of clusters) {
      expect(spec).toMatchObject({
        instances: 3,
        postgresql: { synchronous: { method: 'any', number: 1, dataDurability: 'required' } },
      });
    }
  });
});

describe('the chart and ./defter up', () => {
  const { services } = parse(readFileSync(join(CHECKOUT, 'charts/defter/values.yaml'), 'utf8')) as Chart;

  it('run the same services, in the same roles, on the same ports', () => {
    const chart = Object.entries(services).map(([name, { managementPort, roles }]) => {
      const ports = Object.assign({}, ...Object.values(roles).map((role) => role.ports)) as object;
      return { name, roles: Object.keys(roles).sort(), ports: { ...ports, management: managementPort } };
    });
    const stack = SERVICES.map(({ name, roles, ports }) => ({ name, roles: roles.split(',').sort(), ports }));
    expect(byName(chart)).toEqual(byName(stack));
  });
});

const byName = <T extends { readonly name: string }>(list: readonly T[]): Record<string, T> =>
  Object.fromEntries(list.map((each) => [each.name, each]));
