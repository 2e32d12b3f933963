import { describe, expect, it } from '@jest/globals';
import type { CapacityContent, ServiceUse } from '../capacity-content.js';
import type { DailyContent, OpenFinding } from '../daily-content.js';
import { reportPage } from '../report-page.js';
import { type Language, languages, type StoredReport } from '../report.js';
import type { BankTotal, SettlementContent } from '../settlement-content.js';
import { stuckPage } from './stuck-page.js';
import { textsOf } from './texts-of.js';

/** The first thing on every page: is everything all right, and what is to be done today? */
const head = {
  ...{ tenant: 't', tenantName: 'T', zone: 'Europe/Istanbul', businessOn: '2026-11-26' },
  ...{ since: '2026-11-26T03:00:00Z', asOf: '2026-11-27T03:00:00Z' },
};
const none = { HIGH: 0, MED: 0, LOW: 0 };
const daily = (changes: Partial<DailyContent>): StoredReport<DailyContent> => ({
  ...{ kind: 'daily', version: 1, madeAt: head.asOf },
  content: {
    ...{ ...head, open: none, openBefore: null, ageing: [], findings: [], notListed: 0, flow: [] },
    ...{ moved: [], settled: [], blind: [], ...changes },
    changes: { raised: none, cameBack: 0, closedByPeople: 0, closedByThemselves: 0 },
  },
});
const settlement = (changes: Partial<SettlementContent>): StoredReport<SettlementContent> => ({
  ...{ kind: 'settlement', version: 1, madeAt: head.asOf },
  content: { ...head, from: '2026-10-28', batches: [], bank: [], ...changes },
});
const capacity = (services: readonly ServiceUse[]): StoredReport<CapacityContent> => ({
  ...{ kind: 'capacity', version: 1, madeAt: head.asOf },
  content: { ...head, tables: [], services },
});

/** The verdict of a page: its colour and its sentences. */
function verdictOf(page: string): readonly [string, ...string[]] {
  const [, kind = '', body = ''] = /<div class="lead (\w+)">([^]*?)<\/div>/.exec(page) ?? [];
  const sentences = [...body.matchAll(/<p[^>]*>([^<]+)<\/p>/g)].map(([, text = '']) => text);
  return [kind, ...sentences];
}
const of = (report: StoredReport, language: Language = 'en') => verdictOf(reportPage(report, language));
const blind = {
  what: 'connection',
  provider: 'p',
  connection: 'c',
  lastComparedAt: null,
  failure: null,
} as const;
const account: BankTotal = {
  ...{ provider: 'p', connection: 'c', currency: 'TRY', netMinor: '100', arrivedMinor: '100', transfers: 1 },
  ...{ toComeMinor: '0', statementMinor: '100', bookings: 1, notBookedMinor: '0', explainedMinor: '0' },
  unexplainedMinor: '0',
};

describe('the daily report', () => {
  it('is green only where everything was compared and nothing is open', () => {
    expect(of(daily({}))).toEqual([
      'good',
      'Everything is all right: all connections were compared, and nothing is open.',
      'There is nothing to do today.',
    ]);
    expect(of(daily({ blind: [blind] }))).toEqual([
      'MED',
      'Nobody knows whether everything is all right: nothing is open, but not all was compared.',
      'One connection was NOT compared for this day; whatever is wrong there isn’t below.',
      'To do first: what stands under “What this report doesn’t know”.',
    ]);
    expect(of(daily({ blind: [{ what: 'report', provider: 'p', connection: 'c' }] }))[0]).toBe('MED');
  });

  it('says how many are to be done today, and that a blind day may hide more', () => {
    expect(of(daily({ open: { HIGH: 2, MED: 3, LOW: 0 } }))).toEqual([
      'HIGH',
      'Not everything is all right: 2 of 5 open findings are of high risk.',
      'To do today: the first 2 below. The others can wait until tomorrow.',
    ]);
    expect(of(daily({ open: { ...none, LOW: 1 } }))).toEqual([
      'LOW',
      'One finding is open; it is not of high risk.',
      'Nothing has to be done today. Those of medium risk should be closed this week.',
    ]);
    expect(of(daily({ open: { ...none, LOW: 1 }, blind: [blind] }))[0]).toBe('MED');
    expect(of(daily({ open: { ...none, HIGH: 1 }, blind: [blind] })).at(-1)).toBe(
      'To do today: the first one below. The others can wait until tomorrow. ' +
        'And have the day compared where it was not.',
    );
  });

  it('shows a finding in Turkish to who reads Turkish, and never in machine words', () => {
    const finding: OpenFinding = {
      ...{ id: 'fnd_1', type: 'missing_at_psp', severity: 'HIGH', status: 'open', provider: 'p' },
      ...{ connection: 'c', action: 'manual_review', sentence: 'Ask.', since: head.since, amount: '100' },
      ...{ currency: 'TRY', reference: null, customer: null, message: 'Sale op_1 succeeded.' },
      messageTr: 'op_1 işlemi yok.',
    };
    const report = daily({ open: { ...none, HIGH: 1 }, findings: [finding] });
    expect(reportPage(report, 'en')).toContain('Sale op_1 succeeded.');
    expect(reportPage(report, 'tr')).toContain('op_1 işlemi yok.');
    expect(reportPage(report, 'tr')).not.toContain('Sale op_1 succeeded.');
  });
});

describe('the settlement report', () => {
  it('is green only where the bank’s statement says so, too', () => {
    expect(of(settlement({ bank: [account] }))).toEqual([
      ...['good', 'Every line was found with us, and no difference is unexplained.'],
      'Everything is all right; there is nothing to do.',
    ]);
    expect(of(settlement({}))[0]).toBe('MED');
    const unseen = { ...account, statementMinor: null, notBookedMinor: null };
    expect(of(settlement({ bank: [unseen] }))).toEqual([
      ...['MED', 'Every line was found with us, and no difference is unexplained.'],
      'Of one account no bank statement is here: nobody knows whether the money arrived.',
      'To do: hand the bank’s statements in (camt.053 or MT940).',
    ]);
    expect(of(settlement({ bank: [{ ...account, unexplainedMinor: '7' }] }))).toEqual([
      'HIGH',
      'On one account the bank’s statement differs from what was settled, and nobody knows why.',
      'Each of them is a finding: what to do stands in the daily report.',
    ]);
  });
});

describe('the other pages', () => {
  const use: ServiceUse = {
    ...{ service: 'payments', cpuCores: 0.1, memoryBytes: 1, loopSeconds: 0.01, connectionsUsed: 1 },
    ...{ connectionsWaiting: 0, messagesBehind: 0, queued: 0, oldestSeconds: 0, reason: null },
  };
  it('capacity: what does not answer, and who waits', () => {
    expect(of(capacity([use]))[0]).toBe('good');
    expect(of(capacity([{ ...use, connectionsWaiting: 3 }])).slice(0, 2)).toEqual([
      ...['MED', 'Requests wait for database connections in: payments.'],
    ]);
    expect(of(capacity([{ ...use, reason: 'away' }]))[1]).toBe('No answer from: payments.');
  });

  it('stuck: nobody has looked is not that all is well', () => {
    const sheet = { language: 'en', texts: textsOf('en') } as const;
    const page = { tenantName: 'T', zone: head.zone, look: undefined, findings: [] };
    expect(verdictOf(stuckPage(page, sheet))).toEqual([
      ...['MED', 'Nobody has looked yet: nobody knows whether something is stuck.'],
      'To do: start the job detect-stuck (./defter job detect-stuck).',
    ]);
  });

  it.each(languages)('each has its verdict in %s', (language) => {
    for (const report of [
      daily({}),
      daily({ blind: [blind] }),
      settlement({ bank: [account] }),
      capacity([use]),
    ])
      expect(of(report as StoredReport, language).length).toBeGreaterThan(2);
  });
});
