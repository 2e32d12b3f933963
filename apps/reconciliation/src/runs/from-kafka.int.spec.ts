import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { LedgerEventV1 } from '@defter/ledger-contracts';
import { LedgerTopics } from '@defter/ledger-contracts';
import { type PaymentsAnomalyV1, type PaymentsEventV1, PaymentsTopics } from '@defter/payments-contracts';
import { Messaging } from '@defter/platform';
import { type FindingV1, ReconciliationTopics, type SummaryView } from '@defter/reconciliation-contracts';
import { eventually, testBroker } from '@defter/testing';
import { type WebhookAnomalyV1, WebhookTopics } from '@defter/webhooks-contracts';
import { Book } from '../testing/book.js';
import { Stand } from '../testing/stand.js';

let stand: Stand;
let messaging: Messaging;

beforeAll(async () => {
  const brokers = await testBroker();
  stand = await Stand.start({ roles: ['http', 'worker'], env: { KAFKA_BROKERS: brokers.join() } });
  messaging = stand.app.get(Messaging);
});
afterAll(() => stand.stop());

const headersOf = (id: string, type: string): Record<string, string> => ({
  ...{ ce_specversion: '1.0', ce_id: id, ce_type: type, ce_source: 'test', ce_tenantid: 't_one' },
  ...{ ce_time: '2026-02-01T00:00:00Z', 'content-type': 'application/json' },
});
const send = (topic: string, { key, id, body }: { key: string; id: string; body: object }): Promise<void> =>
  messaging.publish([{ topic, key, value: JSON.stringify(body), headers: headersOf(id, 'Something') }]);
const sendPayment = (event: PaymentsEventV1): Promise<void> =>
  send(PaymentsTopics.events.name, { key: event.id, id: `${event.id}/${event.version}`, body: event });
const sendLedger = (event: LedgerEventV1): Promise<void> =>
  send(LedgerTopics.events.name, { key: 't_one/main', id: `t_one/main/${event.sequence}`, body: event });
const known = async (): Promise<SummaryView['known']> =>
  (await stand.call('GET', '/summary')).body['known'] as SummaryView['known'];

it('knows what payments and the ledger said: twice each, old versions last, poison in between', async () => {
  const book = new Book('k');
  for (let index = 0; index < 10; index++) book.add(index, index % 3 === 2 ? { kind: 'payout' } : {});
  const [returned] = [...book.operations.values()].filter(({ kind }) => kind === 'payout');
  if (returned === undefined) throw new Error('no payout');
  for (const event of book.events()) {
    const newer = { ...event, version: 2 };
    const older = {
      ...event,
      operations: event.operations.map((o) => ({ ...o, result: 'pending', amountMinor: '1' })),
    };
    for (const message of [newer, newer, older]) await sendPayment(message);
  }
  const poison = { key: 'pi_p', id: 'poison', body: { type: 'PaymentIntentChanged' } };
  await send(PaymentsTopics.events.name, poison);
  for (const event of book.ledger) for (const message of [event, event]) await sendLedger(message);

  await eventually(async () => {
    expect(await known()).toEqual({
      operations: 10,
      journal: [{ ledger: 'main', sequence: `${book.ledger.length}` }],
    });
  });
  stand.shelf.put('2026-01-31', book.text());
  expect(await stand.reconcile()).toMatchObject({ status: 'completed', counts: { findings: 0 } });
  expect(await stand.findings()).toEqual([]);
});

it('makes a finding of each anomaly, once, and publishes it', async () => {
  const seen = new Map<string, FindingV1>();
  const events: ReadonlySet<unknown> = new Set(['e1', 'e2']);
  const subscription = await messaging.subscribe({
    group: `test-${Date.now()}`,
    topics: [ReconciliationTopics.findings.name],
    onDeath: () => undefined,
    deliver: async ({ records, done }) => {
      for (const record of records) {
        const finding = JSON.parse(record.value.toString('utf8')) as FindingV1;
        // Other specs share the broker, and the tenant's name.
        if (finding.tenantId === 't_one' && events.has(finding.providerEventId))
          seen.set(finding.id, finding);
        await done(record);
      }
    },
  });
  const common = {
    provider: 'mock-psp',
    connectionId: 'c_one',
    receivedAt: '2026-02-01T00:00:00Z',
    detail: 'other bytes',
  };
  const anomaly = (kind: WebhookAnomalyV1['kind'], id: string): WebhookAnomalyV1 => ({
    ...{ ...common, kind, providerEventId: id, requestId: `whk_${id}` },
  });
  for (const id of ['m1', 'm1', 'm2']) {
    // m2 is another message about the same event: still one finding.
    await send(WebhookTopics.anomalies.name, { key: 'e1', id, body: anomaly('conflicting_event', 'e1') });
  }
  await send(WebhookTopics.anomalies.name, { key: 'e2', id: 'm3', body: anomaly('unparseable', 'e2') });
  try {
    await eventually(async () => {
      const findings = await stand.findings();
      expect(
        findings.map(({ finding_type, provider_event_id }) => [finding_type, provider_event_id]).sort(),
      ).toEqual([
        ['conflicting_event', 'e1'],
        ['orphan_event', 'e2'],
      ]);
      expect([...seen.keys()].sort()).toEqual(findings.map(({ id }) => id).sort());
    });
    // A run that didn't look for events doesn't close what an event raised.
    await stand.reconcile();
    expect((await stand.findings('&status=open')).length).toBe(2);
  } finally {
    await subscription.stop();
  }
});

it('makes a finding of an event that fits no operation, once, and closes it when it does', async () => {
  const anomaly = (kind: PaymentsAnomalyV1['kind']): PaymentsAnomalyV1 => ({
    ...{ kind, eventId: 'evt_parked', requestId: 'whk_parked', provider: 'mock-psp', connectionId: 'c_one' },
    ...{ providerEventId: 'their_1', providerType: 'deposit_captured', providerRef: 'ref_1' },
    ...{ amountMinor: '1000', currency: 'TRY', reason: 'unknown operation' },
    parkedAt: '2026-02-01T00:00:00Z',
  });
  const tell = (id: string, kind: PaymentsAnomalyV1['kind']) =>
    send(PaymentsTopics.anomalies.name, { key: 'evt_parked', id, body: anomaly(kind) });
  const found = async () =>
    (await stand.findings()).filter(({ provider_event_id }) => provider_event_id === 'their_1');
  for (const id of ['o1', 'o1', 'o2']) await tell(id, 'orphan_event');
  await eventually(async () =>
    expect(await found()).toMatchObject([
      { finding_type: 'orphan_event', severity: 'MED', status: 'open', provider_ref: 'ref_1' },
    ]),
  );
  await tell('o3', 'orphan_resolved');
  await eventually(async () => expect(await found()).toMatchObject([{ status: 'auto_resolved' }]));
});
