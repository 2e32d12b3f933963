import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mockPsp } from '@defter/provider-mock-psp';
import { type MockServer, operation, startMockServer } from '../testing/mock-server.js';

const day = 24 * 3_600_000;
let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer();
  await mock.rehearse('clock/stand', { at: '2026-01-05T08:00:00.000Z' });
});
afterAll(() => mock.stop());

const run = (scenario: string, over: Parameters<typeof operation>[0] = {}) =>
  mockPsp.execute(operation({ scenario, amountMinor: 100_000n, ...over }), mock.call());
const statement = async (date: string) => (await mock.get(`/v1/statements/${date}.xml`)).text();
const balances = (xml: string) =>
  [...xml.matchAll(/<Cd>(OPBD|CLBD)<\/Cd>[^]*?<Amt Ccy="(\w+)">([0-9.]+)<\/Amt>\n *<CdtDbtInd>(\w+)/g)].map(
    ([, code, currency, amount, direction]) => `${code} ${direction} ${amount} ${currency}`,
  );
/** What a settlement file says is owed, by currency. */
const owed = async (date: string) => {
  const file = await (await mock.get(`/v1/settlements/${date}.csv`)).text();
  return [...file.matchAll(/^total,(\w+),\d+,-?\d+,-?\d+,(-?\d+)$/gm)].map(([, currency, net]) => [
    currency,
    net,
  ]);
};

describe('the bank statement', () => {
  it('pays each settlement on the next date, to the digit, and closes where the next opens', async () => {
    await run('instant');
    await run('instant', { currency: 'USD' });
    await run('instant', { kind: 'payout', amountMinor: 30_000n });
    expect(await (await mock.get('/v1/statements')).json()).toEqual({ data: [] });
    await mock.rehearse('clock/advance', { ms: day });
    await run('report=split_batch');
    await mock.rehearse('clock/advance', { ms: 2 * day });

    const list = (await (await mock.get('/v1/statements')).json()) as { data: { date: string }[] };
    expect(list.data.map(({ date }) => date)).toEqual(['2026-01-06', '2026-01-07']);
    expect(await owed('2026-01-05')).toEqual([
      ['TRY', '67490'],
      ['USD', '97490'],
    ]);
    const [first, second] = [await statement('2026-01-06'), await statement('2026-01-07')];
    expect(balances(first)).toEqual([
      ...['OPBD CRDT 0.00 TRY', 'CLBD CRDT 674.90 TRY', 'OPBD CRDT 0.00 USD', 'CLBD CRDT 974.90 USD'],
    ]);
    expect(balances(second)).toEqual(['OPBD CRDT 674.90 TRY', 'CLBD CRDT 1649.80 TRY']);
    expect(second.match(/<Ntry>/g)).toHaveLength(2);
    expect(await statement('2026-01-06')).toBe(first);
    await mock.restart();
    expect(await statement('2026-01-06')).toBe(first);
  });

  it('is there for known dates only, and for who has the key', async () => {
    for (const name of ['2001-01-01.xml', '2026-01-06.csv', 'x'])
      expect((await mock.get(`/v1/statements/${name}`)).status).toBe(404);
    expect((await mock.get('/v1/statements/2026-01-06.xml', 'c_two')).status).toBe(404);
    expect((await fetch(`${mock.running.url}/v1/statements`)).status).toBe(401);
  });
});

describe('files by scenario', () => {
  it('late and day-edge lines come a date later, re-issued files change; the truth says all', async () => {
    const other = await startMockServer();
    await other.rehearse('clock/stand', { at: '2026-01-05T08:00:00.000Z' });
    const ids: string[] = [];
    for (const word of ['late', 'day_edge', 'reissued', 'missing']) {
      const asked = operation({ scenario: `instant,report=${word}`, amountMinor: 100_000n });
      ids.push(asked.operationId);
      await mockPsp.execute(asked, other.call());
    }
    const file = async (date: string) => (await other.get(`/v1/settlements/${date}.csv`)).text();
    const versions = async () =>
      (
        (await (await other.get('/v1/settlements')).json()) as { data: { date: string; version: number }[] }
      ).data.map(({ date, version }) => `${date} ${version}`);
    const before = await file('2026-01-05');
    expect(before).toContain(',TRY,1,');
    expect(before).not.toContain(',100000,');
    expect(await versions()).toEqual(['2026-01-05 1']);
    await other.rehearse('clock/advance', { ms: day });
    expect(await file('2026-01-05')).toContain(',charge,100000,');
    expect(await versions()).toEqual(['2026-01-05 2', '2026-01-06 1']);
    const next = await file('2026-01-06');
    expect([ids[0], ids[1]].map((id) => next.includes(id ?? ''))).toEqual([true, true]);
    expect(next).toContain('2026-01-05T21:00:00.000Z');

    const truth = (await (await other.get('/_test/ground-truth?connectionId=c_one')).json()) as {
      data: { kind: string; operationId: string; date: string }[];
      played: { axis: string; word: string; operationId: string }[];
    };
    await other.stop();
    expect(truth.data.map(({ kind, operationId, date }) => [kind, operationId, date]).sort()).toEqual(
      [
        ['late', ids[0], '2026-01-06'],
        ['day_edge', ids[1], '2026-01-06'],
        ['reissued', ids[2], '2026-01-05'],
        ['missing', ids[3], '2026-01-05'],
      ].sort(),
    );
    const words = truth.played
      .filter(({ axis }) => axis === 'report')
      .map(({ operationId, word }) => [operationId, word]);
    expect(words).toEqual(ids.map((id, n) => [id, ['late', 'day_edge', 'reissued', 'missing'][n]]));
  });
});
