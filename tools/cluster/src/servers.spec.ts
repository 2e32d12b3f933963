import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CHECKOUT, SERVICES } from '@defter/embedded';
import { parse, parseAllDocuments } from 'yaml';
import type { Manifest } from './chart/manifest.js';

const documents = (path: string): Manifest[] =>
  parseAllDocuments(readFileSync(join(CHECKOUT, path), 'utf8')).map((each) => each.toJS() as Manifest);

interface Chart {
  readonly kafka: { readonly brokers: readonly string[] };
  readonly services: Readonly<Record<string, ChartService>>;
}

interface ChartService {
  readonly managementPort: number;
  readonly database: boolean;
  readonly roles: Readonly<Record<string, { readonly ports?: Readonly<Record<string, number>> }>>;
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
    expect(values.kafka.brokers).toEqual([`${kafka?.metadata.name ?? ''}-kafka-bootstrap:9092`]);
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
