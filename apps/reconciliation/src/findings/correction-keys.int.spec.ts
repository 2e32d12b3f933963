/** What people and machine keys with `ledger:write` do in the ledger behind reconciliation's back. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { LedgerEventV1 } from '@defter/ledger-contracts';
import { Database, type MessageContext } from '@defter/platform';
import type { FindingDetail } from '@defter/reconciliation-contracts';
import { eventually } from '@defter/testing';
import { LedgerEvents } from '../journal/ledger-events.js';
import { OnLedgerEventConsumer } from '../journal/on-ledger-event.consumer.js';
import { corrections, runExecution } from '../roles.js';
import { adjustment, CorrectionStand, DIFFERENCE, openOf, walletOf } from '../testing/correction-stand.js';

jest.setTimeout(120_000);

const providers = [...runExecution, ...corrections, LedgerEvents, OnLedgerEventConsumer];
/** The book's own events have these numbers in the journal already. */
const OWN_NUMBERS = 60;

let stand: CorrectionStand;
beforeAll(async () => {
  stand = await CorrectionStand.start(20, { providers });
  for (let index = 0; index < OWN_NUMBERS; index++) await post([entry('world', 'users:u0:main', 1)]);
  await stand.stand.reconcile();
});
afterAll(() => stand.stop());

const detail = (answer: { body: unknown }): FindingDetail => answer.body as FindingDetail;
const entry = (source: string, destination: string, amount: number) => ({
  ...{ source, destination, amount, asset: 'TRY/2' },
});
const ofCorrection = (index: number, amount = DIFFERENCE) =>
  entry('psp:c_one:receivable', walletOf(index), amount);

const posting = (source: string, destination: string) => ({
  ...{ source, destination, amount: `${DIFFERENCE}`, asset: 'TRY/2' },
});

/** With a machine's key of `ledger:write`, and any idempotency key. @returns the transaction's number */
const post = async (postings: readonly object[], key?: string, reference?: string): Promise<number> => {
  const response = await fetch(`${stand.ledger.env['LEDGER_URL']}/v2/main/transactions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${stand.stand.tokens.operator}`,
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    body: JSON.stringify({ postings, ...(reference !== undefined && { reference }) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return (JSON.parse(text) as { data: { id: number } }).data.id;
};
const revert = async (transactionId: string | number): Promise<string> => {
  const path = `/main/transactions/${transactionId}/revert`;
  const answer = await stand.ledger.call<{ data: { id: number } }>(
    ...(['POST', path, stand.stand.tokens.operator, {}] as const),
  );
  return `${answer.data.id}`;
};

const app = () => stand.stand.app;
const eventOf = async (transactionId: string): Promise<LedgerEventV1> => {
  const all = await app()
    .get(LedgerEvents)
    .read('t_one', 'main', { from: 1n, to: BigInt(await headOf()) });
  const event = all.find(
    ({ type, data }) => type === 'TransactionReverted' && `${data.transaction.id}` === transactionId,
  );
  if (event === undefined) throw new Error(`no event of ${transactionId}`);
  return event;
};
const headOf = async (): Promise<number> => {
  const path = '/main/logs?pageSize=1';
  const answer = await stand.ledger.call<{ cursor: { data: { id: number }[] } }>(
    ...(['GET', path, stand.stand.tokens.operator] as const),
  );
  return answer.cursor.data[0]?.id ?? 0;
};
/** The ledger's own event comes to the consumer, in the transaction that the transport opens. */
const hear = (event: LedgerEventV1, tenantId = 't_one'): Promise<void> =>
  app()
    .get(Database)
    .transaction(async (tx) => {
      const context = { tx, message: { tenantId } } as unknown as MessageContext;
      await app().get(OnLedgerEventConsumer).handle(event, context);
    });
const corrected = async (index: number): Promise<{ finding: FindingDetail; transaction: string }> => {
  const { id } = await stand.approved(index);
  const finding = await stand.until(id, 'booked');
  expect(finding.status).toBe('resolved');
  return { finding, transaction: openOf(finding).transaction_id ?? '' };
};
const eventsOf = ({ history }: FindingDetail): string[] =>
  history.map(({ event }) => (event as { type: string }).type);

describe('a correction whose key somebody used for something else', () => {
  it.each([
    ['something else', 1, (to: number) => [ofCorrection(to, 1)], false],
    ['one kuruş less under its reference', 2, (to: number) => [ofCorrection(to, DIFFERENCE - 1)], true],
    ['the same twice under its reference', 3, (to: number) => [ofCorrection(to), ofCorrection(to)], true],
  ])('is refused, and may be proposed anew: %s', async (_what, index, theirs, hasReference) => {
    const { id } = await stand.findingOf(index);
    const shown = openOf(detail(await stand.propose(id, adjustment(index))));
    const key = `correction:${id}:${shown.id}`;
    await post(theirs(index), key, hasReference ? key : undefined);
    expect((await stand.approve(shown)).status).toBe(200);
    const refused = await stand.until(id, 'refused');
    expect(refused.status).toBe('in_progress');
    expect(openOf(refused)).toMatchObject({ ended_by: 'ledger', transaction_id: null });
    expect(openOf(refused).end_reason).toMatch(/^idempotency-key-conflict: /);
    expect(refused).toMatchObject({ corrected_minor: '0' });
    const { finding } = await corrected(index);
    expect(finding.corrected_minor).toBe(`${DIFFERENCE}`);
    expect(await stand.booked(id)).toHaveLength(1);
  });

  it('is booked where the ledger has exactly it under its key and reference', async () => {
    const { id } = await stand.findingOf(4);
    const shown = openOf(detail(await stand.propose(id, adjustment(4))));
    const key = `correction:${id}:${shown.id}`;
    const transaction = await post([ofCorrection(4)], key, key);
    await stand.approve(shown);
    const booked = await stand.until(id, 'booked');
    expect(openOf(booked).transaction_id).toBe(`${transaction}`);
    expect(await stand.wallet(4)).toBe(1_000 + DIFFERENCE);
  });
});

describe('a correction that somebody reverts in the ledger', () => {
  it('is reverted here, and its finding open again, once', async () => {
    const { finding, transaction } = await corrected(5);
    const reversal = await revert(transaction);
    const event = await eventOf(reversal);
    await Promise.all([hear(event), hear(event)]);
    await hear(event);
    const after = await stand.get(finding.id);
    expect(after).toMatchObject({ status: 'reopened', corrected_minor: '0' });
    expect(after.correctable).toMatchObject({ amount_minor: `${DIFFERENCE}` });
    expect(openOf(after)).toMatchObject({
      ...{ status: 'reverted', reverted_by_transaction: reversal, transaction_id: transaction },
    });
    expect(openOf(after).reverted_at).toMatch(/^\d{4}-/);
    expect(eventsOf(after).filter((type) => type === 'FindingCorrectionReverted')).toHaveLength(1);
    // Nothing stands that could be taken back, and it says why.
    const takeBack = `${finding.id}/proposals/${openOf(after).id}/take-back`;
    const back = await stand.post(takeBack, { reason: 'r' }, { as: stand.stand.tokens.ayse });
    expect(back).toMatchObject({
      status: 409,
      body: { code: 'correction-not-standing', state: 'reverted', by: 'ledger' },
    });
    // The next run changes nothing about that, and people correct it again.
    await stand.stand.reconcile();
    expect((await stand.get(finding.id)).status).toBe('reopened');
    await corrected(5);
    expect(await stand.wallet(5)).toBe(1_000 + DIFFERENCE);
  });

  it('is booked no other time once its reversal is reverted, too', async () => {
    const { finding, transaction } = await corrected(11);
    const reversal = await revert(transaction);
    await hear(await eventOf(reversal));
    const shown = openOf(detail(await stand.propose(finding.id, adjustment(11))));
    const again = await revert(reversal);
    await hear(await eventOf(again));
    const refusal = { status: 409, body: { code: 'correction-stands-again' } };
    expect(await stand.approve(shown)).toMatchObject(refusal);
    const withdraw = `${finding.id}/proposals/${shown.id}/withdraw`;
    await stand.post(withdraw, { reason: 'It stands' }, { as: stand.stand.tokens.ayse });
    expect(await stand.propose(finding.id, adjustment(11))).toMatchObject(refusal);
    expect(await stand.wallet(11)).toBe(1_000 + DIFFERENCE);
    // Out of the books again, it may be corrected.
    await hear(await eventOf(await revert(again)));
    await corrected(11);
    expect(await stand.wallet(11)).toBe(1_000 + DIFFERENCE);
  });

  it('is noticed also where the reversal is heard before the ledger has answered', async () => {
    const { id } = await stand.findingOf(6);
    const shown = openOf(detail(await stand.propose(id, adjustment(6))));
    stand.proxy.mute();
    await stand.approve(shown);
    const transaction = await eventually(
      async () => {
        const [booked] = await stand.booked(id);
        if (booked === undefined) throw new Error('not booked yet');
        return booked.id;
      },
      { timeoutMs: 30_000 },
    );
    await stand.until(id, 'unknown');
    const reversal = await revert(transaction);
    // The ledger's events come by Kafka, and not by the way that is mute.
    await hear({
      ...{ ledger: 'main', sequence: await headOf(), recordedAt: '2026-02-01T00:00:00Z', balances: [] },
      type: 'TransactionReverted',
      data: {
        revertedTransactionId: transaction,
        transaction: {
          ...{ id: parseInt(reversal, 10), status: 'posted', reverts: transaction, metadata: {} },
          ...{ postings: [posting(walletOf(6), 'psp:c_one:receivable')], timestamp: '2026-02-01T00:00:00Z' },
        },
      },
    });
    expect(openOf(await stand.get(id)).status).toBe('unknown');
    stand.proxy.heal();
    const after = await stand.until(id, 'reverted');
    expect(after).toMatchObject({ status: 'reopened', corrected_minor: '0' });
    expect(openOf(after)).toMatchObject({ reverted_by_transaction: reversal });
  });

  it('is none where two people took it back here', async () => {
    const { finding } = await corrected(7);
    const { id } = finding;
    const { ayse } = stand.stand.tokens;
    await stand.post(`${id}/reopen`, { reason: 'It was wrong' }, { as: ayse });
    const path = `${id}/proposals/${openOf(finding).id}/take-back`;
    const proposed = await stand.post(path, { reason: 'It was wrong' }, { as: ayse });
    await stand.approve(openOf(detail(proposed)));
    const taken = await stand.until(id, 'booked');
    expect(openOf(taken).kind).toBe('take_back');
    await hear(await eventOf(openOf(taken).transaction_id ?? ''));
    const after = await stand.get(id);
    expect(after).toMatchObject({ corrected_minor: '0' });
    expect(after.proposals.map(({ status, taken_back }) => [status, taken_back])).toEqual([
      ...[
        ['booked', true],
        ['booked', false],
      ],
    ]);
    expect(eventsOf(after)).not.toContain('FindingCorrectionReverted');
    // The second taking back hears by whom and when it was done.
    const again = await stand.post(path, { reason: 'Once more' }, { as: ayse });
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'correction-not-standing', state: 'taken_back', by: 'k_mehmet@test' },
    });
    // And if that reversal is reverted, the correction stands again.
    const reversal = await revert(openOf(taken).transaction_id ?? '');
    await hear(await eventOf(reversal));
    const stands = await stand.get(id);
    expect(stands).toMatchObject({ status: 'reopened', corrected_minor: `${DIFFERENCE}` });
    expect(stands.proposals.map(({ status, taken_back }) => [status, taken_back])).toEqual([
      ...[
        ['booked', false],
        ['reverted', false],
      ],
    ]);
  });

  it('voids what waits to take it back', async () => {
    const { finding, transaction } = await corrected(8);
    const { ayse } = stand.stand.tokens;
    const closed = await stand.post(
      `${finding.id}/proposals/${openOf(finding).id}/take-back`,
      { reason: 'r' },
      { as: ayse },
    );
    expect(closed).toMatchObject({
      status: 409,
      body: { code: 'finding-closed', by: 'k_ayse@test', resolution: 'post_adjustment' },
    });
    expect(closed.body['at']).toMatch(/^\d{4}-/);
    await stand.post(`${finding.id}/reopen`, { reason: 'It was wrong' }, { as: ayse });
    const path = `${finding.id}/proposals/${openOf(finding).id}/take-back`;
    const proposed = openOf(detail(await stand.post(path, { reason: 'r' }, { as: ayse })));
    await hear(await eventOf(await revert(transaction)));
    const after = await stand.get(finding.id);
    expect(after).toMatchObject({ status: 'reopened', corrected_minor: '0' });
    expect(openOf(after)).toMatchObject({ id: proposed.id, status: 'voided' });
    expect((await stand.approve(proposed)).status).toBe(409);
  });

  it('is not taken for another tenant’s, nor for one of another ledger', async () => {
    const { finding, transaction } = await corrected(9);
    const event = await eventOf(await revert(transaction));
    await hear(event, 't_two');
    await hear({ ...event, ledger: 'other' });
    expect((await stand.get(finding.id)).status).toBe('resolved');
    await hear(event);
    expect((await stand.get(finding.id)).status).toBe('reopened');
  });
});

describe('a reason', () => {
  it.each([' ', '\t\n', '\u00a0\u2003', '\u200b\u00ad\u2060', '\u3164', '\u2800', 'a\u0007', 'a\u0085'])(
    'that nobody can read is refused with a sentence: %j',
    async (reason) => {
      const { id } = await stand.findingOf(10);
      const answers = [
        await stand.propose(id, { ...adjustment(10), reason }),
        await stand.post(`${id}/resolve`, { resolution: 'psp_dispute', note: reason }),
      ];
      for (const { status, body } of answers) {
        expect(status).toBe(400);
        expect(JSON.stringify(body)).toMatch(/must say why, in 1 to 2000 characters that can be read/);
      }
    },
  );
});
