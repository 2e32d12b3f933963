import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mockPsp } from '@defter/provider-mock-psp';
import { eventually } from '@defter/testing';
import { type MockServer, operation, startMockServer } from '../testing/mock-server.js';

interface Truth {
  readonly kind: string;
  readonly operationId: string;
  readonly date: string;
  readonly lineNumber: number | null;
  readonly line: string | null;
}

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer();
});
afterAll(() => mock.stop());

const data = async <T>(response: Response): Promise<T> => ((await response.json()) as { data: T }).data;
const fileLines = async () => {
  const refs = await mockPsp.reports.list(mock.call());
  const files = await Promise.all(
    refs.map(async (ref) => mockPsp.reports.parse(await mockPsp.reports.fetch(ref, mock.call()), ref)),
  );
  return files.flat();
};

describe('settlement files', () => {
  it('hold every movement once: what moved money, nothing else, per connection', async () => {
    const scenarios = ['instant', 'approve', 'decline', 'webhook.drop', 'answer.500_after'];
    const charges = scenarios.map((scenario) => operation({ scenario, amountMinor: 2n ** 60n }));
    const returned = operation({ kind: 'payout', scenario: 'payout.returned' });
    for (const each of [...charges, returned]) await mockPsp.execute(each, mock.call());
    await mockPsp.execute(operation({ scenario: 'instant' }), mock.call('c_two'));
    const moved = charges
      .filter((_, index) => scenarios[index] !== 'decline')
      .map(({ operationId }) => operationId);
    const lines = await eventually(async () => {
      const lines = await fileLines();
      expect(lines).toHaveLength(moved.length + 2);
      return lines;
    });
    expect(
      lines
        .filter(({ kind }) => kind === 'sale')
        .map(({ operationId }) => operationId)
        .sort(),
    ).toEqual(moved.sort());
    const legs = lines.filter(({ operationId }) => operationId === returned.operationId);
    expect(legs.map(({ status }) => status)).toEqual(['succeeded', 'returned']);
    expect(lines.find(({ kind }) => kind === 'sale')).toMatchObject({
      amountMinor: 2n ** 60n,
      feeMinor: 28823037615171184n,
    });
  });

  it('are there for known dates only', async () => {
    for (const name of ['2001-01-01.csv', 'today.csv', '2001-01-01']) {
      expect((await mock.get(`/v1/settlements/${name}`)).status).toBe(404);
    }
    const [{ file }] = await data<[{ file: string }]>(await mock.get('/v1/settlements'));
    expect((await mock.get(`/v1/settlements/${file}`)).headers.get('content-type')).toBe(
      'text/csv; charset=utf-8',
    );
  });
});

describe('injected faults', () => {
  it('show in the file exactly where the ground truth says, also after a restart', async () => {
    for (const _ of Array.from({ length: 6 }))
      await mockPsp.execute(operation({ scenario: 'instant' }), mock.call());
    const kinds = ['missing', 'extra', 'duplicate_line', 'wrong_amount', 'wrong_fee', 'wrong_currency'];
    const body = { connectionId: 'c_one', faults: kinds.map((kind) => ({ kind })) };
    const before = await fileLines();
    expect((await mock.post('/_test/report-faults', body)).status).toBe(201);
    const truth = await data<Truth[]>(await mock.get('/_test/ground-truth'));
    expect(truth.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());

    const after = await fileLines();
    for (const { lineNumber, line, operationId, kind } of truth) {
      const shown = after.find((each) => each.lineNumber === lineNumber && each.raw === line);
      expect([kind, shown?.operationId]).toEqual([kind, lineNumber === null ? undefined : operationId]);
    }
    const hit = new Set(truth.map(({ operationId }) => operationId));
    const spared = (lines: typeof before) =>
      lines.map(({ raw }) => raw).filter((raw) => !hit.has(raw.split(',')[0] ?? ''));
    expect(spared(after)).toEqual(spared(before));

    await mock.restart();
    expect(await data<Truth[]>(await mock.get('/_test/ground-truth'))).toEqual(truth);
    expect(await fileLines()).toEqual(after);
  });

  it('are refused for what is not there', async () => {
    const set = async (body: object) => (await mock.post('/_test/report-faults', body)).status;
    expect(await set({ connectionId: 'c_none', faults: [{ kind: 'missing' }] })).toBe(404);
    expect(await set({ connectionId: 'c_one', faults: [{ kind: 'lost' }] })).toBe(400);
    expect(await set({ connectionId: 'c_one', faults: [] })).toBe(400);
    expect(await set({ connectionId: 'c_one', faults: [{ kind: 'missing', operationId: 'op_none' }] })).toBe(
      409,
    );
  });
});
