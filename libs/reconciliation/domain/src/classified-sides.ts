import { actionSentence, type Where } from './action-sentence.js';
import type { Classified } from './classified.js';
import { amountText } from './currency.js';
import { type FindingType, findingTypes } from './finding-type.js';
import type { LineSide, OperationSide } from './residue.js';
import { riskOf, type Stake } from './risk.js';

/** Whom a difference is about. */
export interface Sides {
  readonly line?: LineSide;
  readonly operation?: OperationSide;
}

/** What is said about it; `asOn` is the date as of which its age counts. */
export interface Told {
  readonly message: string;
  readonly stake: Stake;
  readonly keys: readonly string[];
  readonly raw?: Readonly<Record<string, unknown>>;
  readonly businessOn?: string;
  readonly asOn?: string | undefined;
  /** Hints for a person. They come and go with other differences, so they are no part of the facts. */
  readonly suggestions?: readonly object[];
}

/** A difference with everything that follows from its type, its sides and what is said about it. */
export function finding(findingType: FindingType, sides: Sides, told: Told): Classified {
  const { line, operation } = sides;
  const whose = whoseOf(sides, told);
  const ageDays = daysBetween(whose.businessOn, told.asOn);
  const circumstances = { ageDays, hasCustomer: whose.playerId !== null };
  const { severity, inputs } = riskOf(findingType, told.stake, circumstances);
  return {
    ...{ findingType, severity, riskInputs: inputs, message: told.message, providerEventId: null },
    action: findingTypes[findingType].action,
    actionSentence: actionSentence(findingType, whereOf(sides, told)),
    keys: [...told.keys].sort(),
    ...whose,
    raw: {
      ...(line && { line: texts(line) }),
      ...(operation && { operation: texts(operation) }),
      ...told.raw,
      ...(told.suggestions && { suggestions: told.suggestions }),
    },
  };
}

function whereOf({ line }: Sides, { raw }: Told): Where {
  if (line !== undefined) return 'report';
  return raw?.['booked'] === undefined ? 'ours' : 'ledger';
}

/** Whom and what it is about, as far as either side says. Of the two sides' dates the provider's counts. */
function whoseOf(
  { line, operation }: Sides,
  { businessOn = null }: { businessOn?: string | null },
): Pick<Classified, 'businessOn' | 'playerId' | 'txId' | 'providerRef'> {
  const ours = operation && {
    ...{ businessOn: operation.businessOn, playerId: operation.customerId, txId: operation.operationId },
    providerRef: operation.providerRef ?? null,
  };
  const theirs = line && { businessOn: line.businessOn, providerRef: line.providerRef };
  const nobody = { businessOn, playerId: null, txId: line?.operationId ?? null, providerRef: null };
  return { ...nobody, ...ours, ...theirs };
}

function daysBetween(from: string | null, to: string | undefined): number {
  if (from === null || to === undefined) return 0;
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** Minor units as people read them. */
export const amountOf = ({ amount, currency }: { amount: bigint; currency: string }): string =>
  amountText(amount, currency);

export const lineKey = (line: LineSide): string => `line:${line.key}`;
export const operationKey = ({ operationId }: OperationSide): string => `operation:${operationId}`;

/** Everything is in question. */
export const whole = ({ amount, currency }: { amount: bigint; currency: string }): Stake => ({
  ...{ difference: amount, whole: amount, currency },
});

/** Amounts as text, because the facts are stored and sent as JSON. */
export const texts = (side: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(side).map(([name, value]: [string, unknown]) => [name, textOf(value)]));

function textOf(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}`;
  return typeof value === 'object' && value !== null ? texts(value) : value;
}
