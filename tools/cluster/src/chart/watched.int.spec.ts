import { beforeAll, describe, expect, it } from '@jest/globals';
import { ofKind, podsOf, type Manifest } from './manifest.js';
import { refusal, render } from './render.js';

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number }[];
}

interface Peer {
  readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
}

const APP = 'app.kubernetes.io/name';
const isOf = (peers: readonly Peer[] | undefined, service: string): boolean =>
  peers?.some(({ podSelector }) => podSelector?.matchLabels?.[APP] === service) === true;

describe('reconciliation', () => {
  let manifests: Manifest[];
  const rulesOf = (name: string, side: 'ingress' | 'egress'): readonly Rule[] => {
    const policy = ofKind(manifests, 'NetworkPolicy').find(({ metadata }) => metadata.name === name);
    return (policy?.spec?.[side] ?? []) as Rule[];
  };

  beforeAll(async () => {
    manifests = await render('full');
  }, 120_000);

  it('watches every role of every service, at an address that is there', () => {
    const config = ofKind(manifests, 'ConfigMap').find(
      ({ metadata }) => metadata.name === 'defter-reconciliation',
    );
    const watched = (config?.data?.['WATCHED_SERVICES'] ?? '').split(',').sort();
    const services = ofKind(manifests, 'Service').map(({ metadata, spec }) => {
      const ports = spec?.['ports'] as { name: string; port: number }[];
      const port = ports.find(({ name }) => name === 'management')?.port ?? 0;
      return `${metadata.name.replace('defter-', '')}=http://${metadata.name}:${port}`;
    });
    expect(watched).toEqual(services.sort());
    expect(watched).toContain('ledger-worker=http://defter-ledger-worker:4109');
    expect(watched).toContain('mock-psp-http=http://defter-mock-psp-http:4509');
  });

  it.each(['worker', 'detect-stuck', 'capacity-report'])('may reach them from %s', (who) => {
    const egress = rulesOf(`defter-reconciliation-${who}`, 'egress');
    for (const [service, port] of [
      ['ledger', 4109],
      ['webhook-delivery', 4609],
    ] as const) {
      const open = egress.filter(({ to, ports }) => isOf(to, service) && ports?.[0]?.port === port);
      expect(open).toHaveLength(1);
    }
  });

  it('is let in by each of them, and no other service is', () => {
    for (const { metadata, spec } of ofKind(manifests, 'Service')) {
      const ports = spec?.['ports'] as { name: string; port: number }[];
      const port = ports.find(({ name }) => name === 'management')?.port;
      const open = rulesOf(metadata.name, 'ingress').filter((rule) => rule.ports?.[0]?.port === port);
      expect(open.filter(({ from }) => isOf(from, 'reconciliation'))).toHaveLength(1);
      expect(open.filter(({ from }) => isOf(from, 'payments'))).toEqual([]);
    }
  });

  it('keeps reports on a volume, where its jobs and its worker write them and nothing else does', () => {
    const mounted = podsOf(manifests).filter(({ spec }) =>
      spec.volumes?.some((volume) => 'persistentVolumeClaim' in volume),
    );
    const expected = ofKind(manifests, 'CronJob')
      .map(({ metadata }) => `CronJob/${metadata.name}`)
      .filter((name) => name.includes('defter-reconciliation-'));
    const names = mounted.map(({ from }) => from).sort();
    expect(names).toEqual([...expected, 'Deployment/defter-reconciliation-worker'].sort());
    expect(names).toContain('CronJob/defter-reconciliation-daily-report');
  });

  it('has no files of reports without a claim', async () => {
    const without = await render('default');
    expect(JSON.stringify(without)).not.toContain('REPORT_MAIL_DIR');
    expect(JSON.stringify(without)).not.toContain('persistentVolumeClaim');
  });

  it('has its addresses from one place', async () => {
    const said = await refusal(['services.reconciliation.env={"WATCHED_SERVICES":"a=http://a:1"}']);
    expect(said).toContain('WATCHED_SERVICES contradicts services.reconciliation.watches');
    expect(await refusal(['services.ledger.watches=true'])).toContain("which ledger doesn't read");
  });
});
