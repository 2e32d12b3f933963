import { actionSentence } from './action-sentence.js';
import type { Classified } from './classified.js';
import { amountText } from './currency.js';
import { type FindingType, findingTypes } from './finding-type.js';
import type { EventTrouble, ReportTrouble } from './residue.js';
import { riskOf } from './risk.js';
import { capital, reportName } from './words.js';

/** No amount can be trusted in these, so none counts towards the risk. */
const noStake = { difference: 0n, whole: 1n, currency: '' };

/** An event with two contents is conflicting; one that can't be read or verified belongs to nothing. */
export function classifyEvent(trouble: EventTrouble): Classified {
  const { kind, providerEventId, requestId, detail } = trouble;
  const type = kind === 'conflicting_event' ? 'conflicting_event' : 'orphan_event';
  const words = {
    conflicting_event: `Event ${providerEventId} came with other content (request ${requestId}): ${detail}`,
    unparseable: `Request ${requestId} can't be read and had no effect: ${detail}`,
    unverified: `Event ${providerEventId} is unsigned, it moved no money (request ${requestId}): ${detail}`,
  } as const;
  const keys = [type === 'conflicting_event' ? `event:${providerEventId}` : `${kind}:${providerEventId}`];
  return { ...bare(type, keys, { ...trouble }), message: words[kind], providerEventId };
}

/** A provider's event that fits no operation of ours for too long. */
export interface Orphan {
  readonly eventId: string;
  readonly requestId: string;
  readonly providerEventId: string;
  readonly providerType: string;
  readonly providerRef: string | null;
  readonly reason: string;
}

/** The finding of such an event: one, however often it is told. */
export function classifyOrphan(orphan: Orphan): Classified {
  const { eventId, requestId, providerEventId, providerType, providerRef, reason } = orphan;
  return {
    ...bare('orphan_event', orphanKeys(eventId), { ...orphan }),
    message: `Event ${providerEventId} (${providerType}, request ${requestId}) fits no operation: ${reason}`,
    actionSentence:
      'Look at the provider what it is about. If it is a payment of ours, money moved that we don’t know ' +
      'of; the event has had no effect so far.',
    ...{ providerEventId, providerRef },
  };
}

/** What such a finding is about; it closes by the same. */
export const orphanKeys = (eventId: string): readonly string[] => [`parked:${eventId}`];

/** A batch that payments couldn't settle. */
export interface RefusedSettlement {
  readonly connectionId: string;
  readonly batchRef: string;
  readonly currency: string;
  readonly runId: string;
  readonly reason: string;
}

/** The finding of such a batch: one, until it is settled. */
export function classifyRefusedSettlement(refused: RefusedSettlement): Classified {
  const { batchRef, currency, reason } = refused;
  return {
    ...bare('batch_sum_mismatch', settlementKeys(refused), { ...refused }),
    message: `Batch ${batchRef} in ${currency} is not settled as it should be: ${reason}.`,
    // What was booked, and the next step, is in the reason: payments knows.
    actionSentence:
      'Compare the provider’s settlement advice, the bank’s booking and the settlement in payments.',
  };
}

/** What such a finding is about; it closes by the same. */
export const settlementKeys = ({
  connectionId,
  batchRef,
  currency,
}: Pick<RefusedSettlement, 'connectionId' | 'batchRef' | 'currency'>): readonly string[] => [
  `settlement:${connectionId}/${batchRef}/${currency}`,
];

/** A report that can't be read, or whose own totals are off. */
export function classifyReport({ reportRef, businessOn, reason }: ReportTrouble): Classified {
  const message = `${capital(reportName(reportRef))} of ${businessOn} was refused: ${reason}`;
  const facts = bare('batch_sum_mismatch', [reportKey(reportRef)], { reportRef, businessOn, reason });
  return { ...facts, message, businessOn };
}

/** What the lines of a report add up to, per currency. */
type ReportTotals = Readonly<Record<string, { readonly lines: number; readonly amount: string }>>;

export interface Reissue {
  readonly reportRef: string;
  readonly businessOn: string;
  readonly contentHash: string;
  /** Of the version that was replaced, and of the one that counts now. */
  readonly change?: { readonly before: ReportTotals; readonly after: ReportTotals } | undefined;
}

/** A report that was final and came again with other content; each time it does is a finding of its own. */
export function classifyReissue({ reportRef, businessOn, contentHash, change }: Reissue): Classified {
  const figures =
    change === undefined ? '' : ` Before: ${totalsText(change.before)}; now: ${totalsText(change.after)}.`;
  const message =
    `${capital(reportName(reportRef))} of ${businessOn} was issued again with other content, which counts ` +
    `in place of the former.${figures}`;
  const keys = [`${reportKey(reportRef)}@${contentHash}`];
  const facts = bare('report_reissued', keys, { reportRef, businessOn, contentHash });
  return { ...facts, message, businessOn };
}

function totalsText(totals: ReportTotals): string {
  const texts = Object.entries(totals).map(([currency, { lines, amount }]) => {
    return `${lines} ${lines === 1 ? 'line' : 'lines'}, ${amountText(BigInt(amount), currency)}`;
  });
  return texts.length === 0 ? 'nothing' : texts.join(' and ');
}

/** What a report is called among the keys of findings. */
export const reportKey = (reportRef: string): string => `report:${reportRef}`;

function bare(
  findingType: FindingType,
  keys: readonly string[],
  raw: Readonly<Record<string, unknown>>,
): Omit<Classified, 'message'> {
  const { severity, inputs } = riskOf(findingType, noStake);
  return {
    ...{ findingType, severity, riskInputs: inputs, keys, raw },
    action: findingTypes[findingType].action,
    actionSentence: actionSentence(findingType, 'report'),
    ...{ businessOn: null, playerId: null, txId: null, providerRef: null, providerEventId: null },
  };
}
