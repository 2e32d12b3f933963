/** What states and places are called in sentences for people. */

const results: Readonly<Record<string, string>> = {
  succeeded: 'succeeded',
  returned: 'was paid and came back',
  declined: 'was declined',
  failed: 'failed',
  errored: 'never left us',
  pending: 'is under way',
  sending: 'is being sent',
  unknown: 'has no known outcome',
  canceled: 'was canceled',
};

/** What became of an operation, as the end of a sentence about it. */
export const resultText = (result: string): string =>
  Object.hasOwn(results, result) ? (results[result] ?? result) : `is “${result}”`;

const kinds: Readonly<Record<string, string>> = {
  ...{ sale: 'sale', capture: 'capture', refund: 'refund', payout: 'payout', chargeback: 'chargeback' },
  ...{ payout_reversal: 'returned payout', charge: 'sale', fee: 'fee', reserve: 'reserve' },
  adjustment: 'adjustment',
};

/** A kind of movement in words; what isn't known stands there as it is. */
export const kindText = (kind: string): string =>
  Object.hasOwn(kinds, kind) ? (kinds[kind] ?? kind) : `“${kind}”`;

/** A sentence begins with a capital. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What a report is called: a file by its name, a statement by its account and number. */
export function reportName(reportRef: string): string {
  const [, kind = '', name = ''] = /^(file|statement):(.*)$/s.exec(reportRef) ?? [];
  if (kind === 'file') return `file “${name}”`;
  return kind === 'statement' ? `statement ${name}` : `report ${reportRef}`;
}

/** Where a line stands. */
export const placeText = ({ reportRef, lineNumber }: { reportRef: string; lineNumber: number }): string =>
  `${reportName(reportRef)} line ${lineNumber}`;

/** An instant as people read it, to the minute. */
export const utcText = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
