/**
 * Findings against the mock provider's own ground truth: real payments through the real services, faults of
 * every axis in its settlement files, statements of its own book. The rules that inject and the rules that
 * find share no code.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stage } from '@defter/cli';
import { type Stack, startStack } from '@defter/embedded';
import { reconciliationAhead } from './days-ahead.js';
import { expectedInTheEnd, expectedOnTheDay, type Injected, paidBatches } from './report-truth.js';
import { playBook, type PlayedBook } from './truth-book.js';

const DAY_MS = 86_400_000;
/** When all reports are due, and a batch of the day after ours, too. */
const DAYS_AHEAD = 4;

const BOOKS = [
  { seed: 1, isStrict: true },
  { seed: 2, isStrict: false },
  { seed: 3, isStrict: true },
  { seed: 4, isStrict: false },
  // Nothing of it is wrong.
  { seed: 5, isStrict: false, kinds: ['late', 'split_batch'] },
];

/** What was found, and what had to be, as `type key`. */
interface Compared {
  readonly seed: number;
  readonly when: string;
  readonly found: readonly string[];
  readonly due: readonly string[];
}

let dir: string;
let stack: Stack;
const compared: Compared[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'defter-truth-'));
  await notAroundMidnight();
  const env = {
    LOG_LEVEL: 'error',
    RUN_WAIT: '90s',
    NODE_OPTIONS: reconciliationAhead(dir, DAYS_AHEAD),
  };
  stack = await startStack({ dir, replicas: { 'webhook-delivery': 0 }, env });
  const books: PlayedBook[] = [];
  for (const { seed, kinds } of BOOKS) books.push(await playBook(stageOf(`t_truth_${seed}`), seed, kinds));
  const [anybody] = books;
  // A moment ahead: it never goes back, not even by the time that the request takes.
  const at = new Date(Date.now() + 5_000).toISOString();
  await anybody?.stage.provider('POST', '/_test/clock/stand', { at });
  for (const [index, book] of books.entries()) await compare(book, index, 'on the day');
  await anybody?.stage.provider('POST', '/_test/clock/advance', { ms: DAYS_AHEAD * DAY_MS });
  for (const [index, book] of books.entries()) await compare(book, index, 'in the end');
}, 600_000);
afterAll(async () => {
  await stack?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** A story that crosses midnight would have two business dates, and another truth. */
const notAroundMidnight = async (): Promise<void> => {
  const isLate = (): boolean =>
    new Date().toLocaleTimeString('en-GB', { timeZone: 'Europe/Istanbul' }) > '23:50:00';
  while (isLate()) await sleep(1_000);
};

const stageOf = (tenantId: string): Stage => {
  const urls = {
    ledger: stack.service('ledger').url,
    payments: stack.service('payments').url,
    reconciliation: stack.service('reconciliation').url,
    mockPsp: stack.service('mock-psp').url,
  };
  return new Stage(stack.addTenant(tenantId), urls, () => Promise.reject(new Error('nobody is killed')));
};

const compare = async (book: PlayedBook, index: number, when: 'on the day' | 'in the end'): Promise<void> => {
  const { seed = 0, isStrict = false } = BOOKS[index] ?? {};
  const { stage, returned, faults } = book;
  if (isStrict) await stage.reconciliation.keepRule(stage.tenant.connection, { settlement_lag_hours: 0 });
  const found = await findings(stage, `${when}-${seed}`);
  if (when === 'on the day') {
    compared.push({ seed, when, found, due: expectedOnTheDay(faults, returned) });
    return;
  }
  const connection = stage.tenant.connection.id;
  const truth = await stage.provider<{ data: Injected[] }>(
    'GET',
    `/_test/ground-truth?connectionId=${connection}`,
  );
  const paid = await bankSays(stage);
  compared.push({ seed, when, found, due: expectedInTheEnd(truth.data, { returned, paid, isStrict }) });
};

interface Finding {
  readonly finding_type: string;
  readonly status: string;
  readonly tx_id: string | null;
  readonly business_on: string | null;
  readonly raw: { readonly batch?: { readonly batchRef: string; readonly currency: string } };
}

const keyOf = ({ tx_id, business_on, raw: { batch } }: Finding): string =>
  tx_id ?? (batch === undefined ? (business_on ?? '') : `${batch.batchRef}/${batch.currency}`);

/** A run's open findings. */
const findings = async (stage: Stage, key: string): Promise<string[]> => {
  const { provider, id } = stage.tenant.connection;
  const run = await stage.reconciliation.run({ provider, connection_id: id }, key);
  expect(run).toMatchObject({ status: 'completed', failure: null });
  const all = (await stage.reconciliation.findings()) as unknown as Finding[];
  return all
    .filter(({ status }) => status === 'open' || status === 'reopened')
    .map((finding) => `${finding.finding_type} ${keyOf(finding)}`)
    .sort();
};

/** The batches that the bank's statements name, as the provider serves them. */
const bankSays = async ({ tenant: { connection }, urls: { mockPsp } }: Stage): Promise<Set<string>> => {
  const headers = { authorization: `Bearer ${connection.apiKey}` };
  const list = await fetch(`${mockPsp}/v1/statements`, { headers });
  const { data } = (await list.json()) as { data: { file: string }[] };
  const texts = data.map(async ({ file }) =>
    (await fetch(`${mockPsp}/v1/statements/${file}`, { headers })).text(),
  );
  return new Set((await Promise.all(texts)).flatMap(paidBatches));
};

const PRECISION = 0.99;
const typeOf = (text: string): string => text.split(' ')[0] ?? '';

describe('findings against the provider’s ground truth', () => {
  for (const { seed } of BOOKS) {
    for (const when of ['on the day', 'in the end']) {
      it(`seed ${seed}, ${when}: exactly what was injected, and what follows from it`, () => {
        const story = compared.find((each) => each.seed === seed && each.when === when);
        expect(story?.found).toEqual(story?.due);
        expect(story).toBeDefined();
      });
    }
  }

  it('of every type: a precision of 0.99 and a recall of 1', () => {
    const types = [...new Set(compared.flatMap(({ due }) => due.map(typeOf)))].sort();
    // Each axis of the provider's faults shows in one of them, but for the bank's parts, which are none.
    expect(types).toEqual([
      ...['amount_mismatch', 'batch_sum_mismatch', 'currency_mismatch', 'duplicate_settlement_line'],
      ...['fee_mismatch', 'late_settlement', 'missing_at_psp', 'missing_in_ledger', 'payout_returned'],
      'report_reissued',
    ]);
    for (const type of types) {
      const of = (list: readonly string[]) => list.filter((text) => typeOf(text) === type);
      const found = compared.flatMap(({ found }) => of(found)).length;
      const due = compared.flatMap(({ due }) => of(due)).length;
      const hits = compared.flatMap((each) =>
        of(each.due).filter((text) => each.found.includes(text)),
      ).length;
      expect({ type, recall: hits / due, isPrecise: hits / found >= PRECISION }).toEqual({
        ...{ type, recall: 1, isPrecise: true },
      });
    }
  });
});
