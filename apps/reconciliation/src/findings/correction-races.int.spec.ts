/** What arrives while people decide and the ledger is asked; each test has a stand of its own. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { FindingDetail } from '@defter/reconciliation-contracts';
import { eventually } from '@defter/testing';
import { corrections, runExecution } from '../roles.js';
import { adjustment, CorrectionStand, DIFFERENCE, openOf } from '../testing/correction-stand.js';

jest.setTimeout(120_000);

let stand: CorrectionStand;
afterEach(() => stand.stop());

const types = ({ history }: FindingDetail): string[] =>
  history.map(({ event }) => (event as { type: string }).type);
/** Runs, but no corrections: what is approved stays so until `book`. */
const decideOnly = () => CorrectionStand.start(3, { providers: runExecution });
const book = () => stand.stand.add(['http'], corrections);

describe('the missing side arrives', () => {
  it('between approval and booking, and a run has seen it: nothing is booked', async () => {
    stand = await decideOnly();
    await stand.stand.reconcile();
    const { id } = await stand.approved(0);
    stand.reissue(0, 0);
    await stand.stand.reconcile();
    expect(await stand.get(id)).toMatchObject({ status: 'auto_resolved', proposals: [{ status: 'voided' }] });
    await book();
    const { id: other } = await stand.approved(1);
    await stand.until(other, 'booked');
    expect(await stand.booked(id)).toEqual([]);
  });

  it('between approval and booking, and no run has seen it: one looks, and nothing is booked', async () => {
    stand = await decideOnly();
    await stand.stand.reconcile();
    const { id } = await stand.approved(0);
    stand.reissue(0, 0);
    await book();
    const voided = await stand.until(id, 'voided');
    expect(voided).toMatchObject({ status: 'auto_resolved', corrected_minor: '0' });
    expect(openOf(voided).end_reason).toContain('it came by itself');
    expect(await stand.booked(id)).toEqual([]);
  });

  it('as another difference between approval and booking: what was approved is void', async () => {
    stand = await decideOnly();
    await stand.stand.reconcile();
    const { id } = await stand.approved(0);
    stand.reissue(0, DIFFERENCE + 1);
    await book();
    expect(await stand.until(id, 'voided')).toMatchObject({
      ...{ status: 'in_progress', correctable: { amount_minor: '101' } },
    });
    expect(await stand.booked(id)).toEqual([]);
    await stand.approve(
      openOf((await stand.propose(id, adjustment(0, 101))).body as unknown as FindingDetail),
    );
    expect(await stand.until(id, 'booked')).toMatchObject({ status: 'resolved' });
  });

  it('is still on its way by the normal lag: nothing is booked before that is over', async () => {
    const providers = [...runExecution, ...corrections];
    stand = await CorrectionStand.start(2, { providers });
    // An hour old, and no line of the provider: a difference, until the connection's lag becomes two hours.
    const lag = (settlement_lag_hours: number) =>
      stand.stand.call('PUT', '/connections/mock-psp/c_one/rule', { body: { settlement_lag_hours } });
    expect((await lag(0)).status).toBe(204);
    stand.book.add(50, { occurredAt: '2026-02-10T08:00:00Z', amountMinor: `${DIFFERENCE}` });
    stand.book.lines.pop();
    await stand.stand.know(stand.book.events(), stand.book.ledger);
    await stand.stand.reconcile();
    const [early] = await stand.stand.findings('&type=missing_at_psp');
    const id = early?.id ?? '';
    await lag(2);
    const proposed = await stand.propose(id, adjustment(50));
    await stand.approve(openOf(proposed.body as unknown as FindingDetail));
    const [looked] = await eventually(async () => {
      const rows = await stand.stand.database.database.query<{ status: string; looks: number }>(
        `select status, looks from proposal where confirming_run is null and looks > 0`,
      );
      expect(rows).toHaveLength(1);
      return rows;
    });
    expect(looked?.status).toBe('approved');
    expect(await stand.booked(id)).toEqual([]);
    stand.stand.clock.advance(2 * 3_600_000);
    expect(await stand.until(id, 'booked')).toMatchObject({ status: 'resolved' });
  });

  it('while the ledger is asked: it is booked, and stays for people to take back', async () => {
    stand = await decideOnly();
    await stand.stand.reconcile();
    stand.ledger.pause();
    await book();
    const { id } = await stand.approved(0);
    await stand.until(id, 'unknown');
    stand.reissue(0, 0);
    await stand.stand.reconcile();
    // It may be booked or not: the finding neither closes nor lets anybody correct it again.
    expect(await stand.get(id)).toMatchObject({ status: 'proposed', proposals: [{ status: 'unknown' }] });
    expect(await stand.propose(id)).toMatchObject({ status: 409, body: { code: 'proposal-open' } });
    const { id: proposalId } = openOf(await stand.get(id));
    const withdrawn = await stand.post(
      ...([`${id}/proposals/${proposalId}/withdraw`, { reason: 'r' }] as const),
      { as: stand.stand.tokens.ayse },
    );
    expect(withdrawn).toMatchObject({ status: 409, body: { code: 'proposal-booking' } });
    stand.ledger.resume();
    const surplus = await stand.until(id, 'booked');
    expect(surplus).toMatchObject({ status: 'reopened', corrected_minor: '100' });
    expect(await stand.booked(id)).toHaveLength(1);
    expect(await stand.propose(id)).toMatchObject({ status: 409, body: { code: 'difference-gone' } });
    await takeBack(id);
  });

  it('long after the booking: open again, no run closes it, two people take it back', async () => {
    stand = await CorrectionStand.start(2, { providers: [...runExecution, ...corrections] });
    await stand.stand.reconcile();
    const { id } = await stand.approved(0);
    await stand.until(id, 'booked');
    const { version } = await stand.get(id);
    // The same difference again: the correction explains it.
    await stand.stand.reconcile();
    await stand.stand.reconcile();
    expect(await stand.get(id)).toMatchObject({ status: 'resolved', version });
    stand.reissue(0, 0);
    await stand.stand.reconcile();
    const surplus = await stand.get(id);
    expect(surplus).toMatchObject({ status: 'reopened', corrected_minor: '100' });
    expect(types(surplus).at(-1)).toBe('FindingCorrectionSurplus');
    await stand.stand.reconcile();
    expect(await stand.get(id)).toMatchObject({ status: 'reopened', version: surplus.version });
    const { ayse, one } = stand.stand.tokens;
    for (const as of [ayse, one]) {
      const alone = await stand.post(`${id}/resolve`, { resolution: 'late_arrival' }, { as });
      expect(alone).toMatchObject({ status: 409, body: { code: 'correction-stands', amount: '100' } });
    }
    await takeBack(id);
  });

  it('becomes another difference after it: open again, and only the rest may be booked', async () => {
    stand = await CorrectionStand.start(2, { providers: [...runExecution, ...corrections] });
    await stand.stand.reconcile();
    const { id } = await stand.approved(0);
    await stand.until(id, 'booked');
    stand.reissue(0, DIFFERENCE + 30);
    await stand.stand.reconcile();
    expect(await stand.get(id)).toMatchObject({ status: 'reopened', correctable: { amount_minor: '30' } });
    expect((await stand.propose(id, adjustment(0, 31))).body).toMatchObject({ code: 'exceeds-difference' });
    await stand.approve(
      openOf((await stand.propose(id, adjustment(0, 30))).body as unknown as FindingDetail),
    );
    expect(await stand.until(id, 'booked')).toMatchObject({ status: 'resolved', corrected_minor: '130' });
    expect(await stand.booked(id)).toHaveLength(2);
  });

  /** By two people, through the ledger's own reversal; then all is as if nothing had been booked. */
  async function takeBack(id: string): Promise<void> {
    const { id: proposalId } = openOf(await stand.get(id));
    const path = `${id}/proposals/${proposalId}/take-back`;
    const asked = await stand.post(path, { reason: 'It came after all' }, { as: stand.stand.tokens.mehmet });
    const shown = openOf(asked.body as unknown as FindingDetail);
    expect(shown).toMatchObject({ kind: 'take_back', takes_back: proposalId, amount_minor: '100' });
    expect(await stand.approve(shown)).toMatchObject({ status: 403, body: { code: 'approver-is-proposer' } });
    await stand.approve(shown, { as: stand.stand.tokens.ayse });
    const over = await stand.until(id, 'booked');
    expect(over).toMatchObject({ status: 'auto_resolved', corrected_minor: '0' });
    expect(await stand.wallet(0)).toBe(1_000);
    const [reversal, correction, ...more] = await stand.booked(id);
    expect(more).toEqual([]);
    expect(correction).toMatchObject({ reverted: true });
    expect(reversal?.metadata).toMatchObject({ proposed_by: 'k_mehmet@test', approved_by: 'k_ayse@test' });
    expect(await stand.post(path, { reason: 'r' }, { as: stand.stand.tokens.ayse })).toMatchObject({
      ...{ status: 409 },
    });
  }
});

describe('an answer that isn’t known', () => {
  it('stays unknown while the ledger is away, and is asked until it says', async () => {
    stand = await CorrectionStand.start(2, { providers: [...runExecution, ...corrections] });
    await stand.stand.reconcile();
    await stand.ledger.kill();
    const { id } = await stand.approved(0);
    const unknown = await stand.until(id, 'unknown');
    expect(unknown).toMatchObject({ status: 'proposed', corrected_minor: '0' });
    expect(openOf(unknown).unknown_because).not.toBe('');
    // A day goes by: what may be booked doesn't expire.
    stand.stand.clock.advance(2 * 86_400_000);
    expect(openOf(await stand.get(id)).status).toBe('unknown');
    await stand.ledger.start(stand.stand.env['TENANTS_FILE'] ?? '');
    expect(await stand.until(id, 'booked')).toMatchObject({ status: 'resolved' });
    expect(await stand.booked(id)).toHaveLength(1);
  });

  it('was a booking, and its answer is lost: asked again, it is the same one', async () => {
    stand = await CorrectionStand.start(3, { providers: [...runExecution, ...corrections] });
    await stand.stand.reconcile();
    // The connection stands.
    const { id: first } = await stand.approved(0);
    await stand.until(first, 'booked');
    stand.proxy.mute();
    const { id } = await stand.approved(1);
    await stand.until(id, 'unknown');
    expect(await stand.booked(id)).toHaveLength(1);
    expect(await stand.get(id)).toMatchObject({ status: 'proposed', corrected_minor: '0' });
    stand.proxy.heal();
    const known = await stand.until(id, 'booked');
    const [transaction, ...more] = await stand.booked(id);
    expect(more).toEqual([]);
    expect(openOf(known).transaction_id).toBe(`${transaction?.id}`);
    expect(await stand.wallet(1)).toBe(1_000 + DIFFERENCE);
  });

  it('is one booking, however many ask before the ledger answers the first', async () => {
    stand = await CorrectionStand.start(2, { providers: [...runExecution, ...corrections] });
    await stand.stand.add(['http'], corrections);
    await stand.stand.reconcile();
    stand.ledger.pause();
    const { id } = await stand.approved(0);
    await stand.until(id, 'unknown');
    const asks = async (): Promise<number> => {
      const [row] = await stand.stand.database.database.query<{ asks: number }>('select asks from proposal');
      return row?.asks ?? 0;
    };
    await eventually(async () => expect(await asks()).toBeGreaterThan(2), { timeoutMs: 60_000 });
    stand.ledger.resume();
    await stand.until(id, 'booked');
    expect(await stand.booked(id)).toHaveLength(1);
    expect(await stand.wallet(0)).toBe(1_000 + DIFFERENCE);
  });
});
