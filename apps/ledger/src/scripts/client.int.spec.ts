import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, clientOf, refusalOf } from '../compatibility/client.fixture.js';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
let client: Client;
beforeAll(async () => {
  ledger = await TestLedger.start();
  client = clientOf(ledger);
  await client.createLedger({ ledger: 'main', v2CreateLedgerRequest: {} });
});
afterAll(() => ledger.stop());

const plain = `
  vars { account $buyer  monetary $price }
  send $price (source = { $buyer  @world }, destination = { 10% to @fees  remaining to @shop })
  set_tx_meta("kind", "sale")`;

const post = (script: object, metadata: Record<string, string> = {}) =>
  client.createTransaction({ ledger: 'main', v2PostTransaction: { metadata, script } });

describe('scripts by the published client', () => {
  it('create transactions', async () => {
    const answer = await post({ plain, vars: { buyer: 'users:1', price: 'TRY/2 105' } }, { order: '7' });
    const data = answer.v2CreateTransactionResponse?.data;
    expect(data?.metadata).toEqual({ order: '7', kind: 'sale' });
    expect(data?.postings).toEqual([
      { source: 'world', destination: 'fees', amount: 11n, asset: 'TRY/2' },
      { source: 'world', destination: 'shop', amount: 94n, asset: 'TRY/2' },
    ]);
  });

  it('go into bulks', async () => {
    const element = {
      action: 'CREATE_TRANSACTION' as const,
      data: { metadata: {}, script: { plain, vars: { buyer: 'users:1', price: 'TRY/2 10' } } },
    };
    const answer = await client.createBulk({ ledger: 'main', requestBody: [element, element] });
    expect(answer.v2BulkResponse?.data?.map(({ responseType }) => responseType)).toEqual([
      'CREATE_TRANSACTION',
      'CREATE_TRANSACTION',
    ]);
  });

  it('are refused in words that the client reads', async () => {
    const vars = { buyer: 'users:1', price: 'TRY/2 105' };
    const short = plain.replace('{ $buyer  @world }', '$buyer');
    expect(await refusalOf(post({ plain: short, vars }))).toEqual([400, 'INSUFFICIENT_FUND']);
    expect(await refusalOf(post({ plain: `${plain} send`, vars }))).toEqual([400, 'COMPILATION_FAILED']);
    expect(await refusalOf(post({ plain, vars }, { kind: 'other' }))).toEqual([400, 'METADATA_OVERRIDE']);
    expect(await refusalOf(post({ plain, vars: { buyer: 'users:1' } }))).toEqual([400, 'VALIDATION']);
    const sweep = 'send [TRY/2 *] (source = @empty, destination = @b)';
    expect(await refusalOf(post({ plain: sweep }))).toEqual([400, 'NO_POSTINGS']);
  });
});
