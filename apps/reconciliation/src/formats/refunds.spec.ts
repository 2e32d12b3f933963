import { describe, expect, it } from '@jest/globals';
import { type FileFormat, type Mapping, readSettlement } from './formats.js';

async function lines(
  format: Exclude<FileFormat, 'camt053' | 'mt940'>,
  rows: readonly string[],
  mapping?: Mapping,
) {
  const bytes = async function* () {
    await Promise.resolve();
    yield new TextEncoder().encode(rows.join('\n'));
  };
  const all = [];
  for await (const line of readSettlement(format, bytes(), mapping)) all.push(line);
  return all;
}

describe('Stripe’s references', () => {
  const head = 'created,currency,gross,fee,net,reporting_category,source_id,payment_intent_id';
  const row = (category: string, gross: string, source: string, ...more: readonly string[]): string =>
    [`2026-01-31 12:00:00,usd,${gross},0.00,${gross},${category},${source},pi_1`, ...more].join();

  it('a payment’s is its intent, a refund’s is its own, as we know them', async () => {
    const read = await lines('stripe', [
      head,
      row('charge', '100.00', 'ch_1'),
      row('refund', '-40.00', 're_1'),
      row('refund_failure', '40.00', 're_1'),
    ]);
    expect(read.map(({ kind, status, providerRef }) => [kind, status, providerRef])).toEqual([
      ['sale', 'succeeded', 'pi_1'],
      ['refund', 'succeeded', 're_1'],
      ['refund', 'returned', 're_1'],
    ]);
  });

  it('a dispute’s is its own, and the operation that it names is the sale, not the dispute', async () => {
    const read = await lines('stripe', [
      `${head},payment_metadata[defter_operation],refund_metadata[defter_operation]`,
      row('charge', '100.00', 'ch_1', 'op_1', ''),
      row('dispute', '-100.00', 'dp_1', 'op_1', ''),
      row('dispute_reversal', '100.00', 'dp_1', 'op_1', ''),
      row('dispute', '-100.00', '', 'op_1', ''),
    ]);
    expect(
      read.map(({ kind, status, providerRef, operationId }) => [kind, status, providerRef, operationId]),
    ).toEqual([
      ['sale', 'succeeded', 'pi_1', 'op_1'],
      ['chargeback', 'succeeded', 'dp_1', undefined],
      ['chargeback', 'returned', 'dp_1', undefined],
      ['chargeback', 'succeeded', 'pi_1', undefined],
    ]);
  });
});

describe('a sale below zero in a mapped file', () => {
  const mapping: Mapping = {
    ...{ decimal_mark: 'point', zone: 'UTC', amount: 'amount', time: 'time', currency: 'TRY' },
    ...{ fee: 'fee', reference: 'ref' },
  };
  const read = async (row: string, more: Partial<Mapping> = {}) => {
    const head = ['amount,time,fee,ref', ...(more.net === undefined ? [] : ['net'])].join();
    const [line] = await lines('mapped', [head, row], { ...mapping, ...more });
    return line;
  };

  it('is money that went back: a refund, which takes from its settlement', async () => {
    expect(await read('100.00,2026-01-31,2.50,r1')).toMatchObject({ kind: 'sale', amountMinor: 10_000n });
    expect(await read('-100.00,2026-01-31,0.00,r1')).toMatchObject({
      ...{ kind: 'refund', amountMinor: 10_000n, feeMinor: 0n },
    });
  });

  it('has a fee that is taken, but where its net says that it was given back', async () => {
    const taken = { kind: 'refund', amountMinor: 10_000n, feeMinor: 250n };
    expect(await read('-100.00,2026-01-31,-2.50,r1')).toMatchObject(taken);
    const refund = { kind: 'refund', amountMinor: 10_000n, feeMinor: 0n, netMinor: -9_750n };
    expect(await read('-100.00,2026-01-31,-2.50,r1,-97.50', { net: 'net' })).toMatchObject(refund);
    // A fee that is kept all the same.
    expect(await read('-100.00,2026-01-31,2.50,r1,-102.50', { net: 'net' })).toMatchObject({
      ...{ kind: 'refund', amountMinor: 10_000n, feeMinor: 250n, netMinor: -10_250n },
    });
  });
});
