/**
 * Residue → findings. Pure: the same residue gives the same findings, and each finding the same keys, so
 * that a second run finds the first one's rows.
 */
import { assertNever } from '@defter/kernel';
import type { Classified } from './classified.js';
import { explanationOf } from './explain.js';
import { type FindingType, findingTypes } from './finding-type.js';
import { actionSentence, type Where } from './action-sentence.js';
import { amountText } from './currency.js';
import type { LineSide, OperationSide, Residue } from './residue.js';
import { riskOf, type Stake } from './risk.js';
import { movedResults, unmovedResults } from './settlement.js';

/** All findings in a residue: none when the difference is explained, several when several things differ. */
export function classify(residue: Residue): readonly Classified[] {
  switch (residue.kind) {
    case 'line-alone':
      return [lineAlone(residue.line)];
    case 'line-again':
      return [lineAgain(residue.line, residue.operation, residue.matchedBy)];
    case 'operation-alone':
      return [operationAlone(residue.operation, residue.leg)];
    case 'pair-differs':
      return pairDiffers(residue.line, residue.operation);
    case 'not-booked':
      return [notBooked(residue.operation, residue.leg)];
    case 'booked-differs':
      return bookedDiffers(residue);
    default:
      return assertNever(residue);
  }
}

function lineAlone(line: LineSide): Classified {
  const message =
    `The provider settled ${amountOf(line)} (${line.kind}, reference ${line.providerRef}, ` +
    `report ${line.reportRef} line ${line.lineNumber}); we know no such operation.`;
  return finding('missing_in_ledger', { line }, { message, stake: whole(line), keys: [lineKey(line)] });
}

function lineAgain(line: LineSide, operation: OperationSide, matchedBy: string): Classified {
  const message =
    `Report ${line.reportRef} line ${line.lineNumber} settles operation ${operation.operationId} again ` +
    `(${amountOf(line)}); another line has settled it already.`;
  const raw = { matchedBy };
  const keys = [lineKey(line), operationKey(operation)];
  return finding(
    'duplicate_settlement_line',
    { line, operation },
    { message, stake: whole(line), keys, raw },
  );
}

function operationAlone(operation: OperationSide, leg: string): Classified {
  const what = leg === 'return' ? 'the return of ' : '';
  const message =
    `We hold ${what}${operation.kind} ${operation.operationId} of ${amountOf(operation)} ` +
    `for ${operation.result}; no settlement line of the provider has it.`;
  const keys = [`${operationKey(operation)}/${leg}`];
  return finding('missing_at_psp', { operation }, { message, stake: whole(operation), keys, raw: { leg } });
}

function pairDiffers(line: LineSide, operation: OperationSide): readonly Classified[] {
  const about = `Operation ${operation.operationId}, report ${line.reportRef} line ${line.lineNumber}`;
  const keys = [lineKey(line), operationKey(operation)];
  const say = (type: FindingType, message: string, stake: Stake): Classified =>
    finding(type, { line, operation }, { message: `${about}: ${message}`, stake, keys });

  if (line.currency !== operation.currency) {
    const theirs = `the provider says ${amountOf(line)}`;
    const message = `${theirs}, we say ${amountOf(operation)}.`;
    return [say('currency_mismatch', message, whole(operation)), ...statusDiffers(line, operation, say)];
  }
  const said = (amount: bigint): string => amountText(amount, operation.currency);
  const found: Classified[] = [];
  if (line.amount !== operation.amount && explanationOf(line, operation) === undefined) {
    const stake = { ...whole(operation), difference: line.amount - operation.amount };
    const message = `the provider settled ${said(line.amount)}, we expect ${said(operation.amount)}.`;
    found.push(say('amount_mismatch', message, stake));
  }
  if (line.leg === 'payment' && line.fee !== operation.fee) {
    const stake = {
      difference: line.fee - operation.fee,
      whole: operation.amount,
      currency: operation.currency,
    };
    const message = `the provider kept a fee of ${said(line.fee)}, we expect ${said(operation.fee)}.`;
    found.push(say('fee_mismatch', message, stake));
  }
  return [...found, ...statusDiffers(line, operation, say)];
}

type Say = (type: FindingType, message: string, stake: Stake) => Classified;

function statusDiffers(line: LineSide, operation: OperationSide, say: Say): readonly Classified[] {
  const agrees =
    line.leg === 'return' ? operation.result === 'returned' : isOneOf(movedResults, operation.result);
  if (agrees) return [];
  const message = `the provider settled it as ${line.status}, for us it is ${operation.result}.`;
  return [say('status_mismatch', message, whole(operation))];
}

function notBooked(operation: OperationSide, leg: string): Classified {
  const [what, suffix] = leg === 'return' ? ['The return of ', '/return'] : ['', ''];
  const message =
    `${what}${operation.kind} ${operation.operationId} of ${amountOf(operation)} is ` +
    `${operation.result}, but the ledger has booked nothing for it ` +
    `(reference ${operation.ledgerReference ?? 'none'}).`;
  const keys = [`${operationKey(operation)}/ledger${suffix}`];
  return finding(
    'missing_in_ledger',
    { operation },
    { message, stake: whole(operation), keys, raw: { leg } },
  );
}

function bookedDiffers({
  operation,
  booked,
}: Extract<Residue, { kind: 'booked-differs' }>): readonly Classified[] {
  const keys = [`${operationKey(operation)}/ledger`];
  const raw = { booked: { amount: booked.amount.toString(), currency: booked.currency } };
  const say = (type: FindingType, message: string, stake: Stake): Classified =>
    finding(
      type,
      { operation },
      { message: `Operation ${operation.operationId}: ${message}`, stake, keys, raw },
    );

  if (isOneOf(unmovedResults, operation.result)) {
    const message = `it is ${operation.result}, but the ledger booked ${amountOf(booked)} for it.`;
    return [say('status_mismatch', message, whole(operation))];
  }
  const ours = amountOf(operation);
  const message = `the ledger booked ${amountOf(booked)}, payments says ${ours}.`;
  if (booked.currency !== operation.currency) return [say('currency_mismatch', message, whole(operation))];
  if (booked.amount === operation.amount) return [];
  return [
    say('amount_mismatch', message, { ...whole(operation), difference: booked.amount - operation.amount }),
  ];
}

interface Sides {
  readonly line?: LineSide;
  readonly operation?: OperationSide;
}
interface Told {
  readonly message: string;
  readonly stake: Stake;
  readonly keys: readonly string[];
  readonly raw?: Readonly<Record<string, unknown>>;
}

function finding(findingType: FindingType, sides: Sides, told: Told): Classified {
  const { severity, inputs } = riskOf(findingType, told.stake);
  const { line, operation } = sides;
  return {
    ...{ findingType, severity, riskInputs: inputs, message: told.message, providerEventId: null },
    action: findingTypes[findingType].action,
    actionSentence: actionSentence(findingType, whereOf(sides, told)),
    keys: [...told.keys].sort(),
    ...whoseOf(sides),
    raw: {
      ...(line && { line: texts(line) }),
      ...(operation && { operation: texts(operation) }),
      ...told.raw,
    },
  };
}

function whereOf({ line }: Sides, { raw }: Told): Where {
  if (line !== undefined) return 'report';
  return raw?.['booked'] === undefined ? 'ours' : 'ledger';
}

/** Whom and what it is about, as far as either side says. Of the two sides' dates the provider's counts. */
function whoseOf({
  line,
  operation,
}: Sides): Pick<Classified, 'businessOn' | 'playerId' | 'txId' | 'providerRef'> {
  const ours = operation && {
    ...{ businessOn: operation.businessOn, playerId: operation.customerId, txId: operation.operationId },
    providerRef: operation.providerRef ?? null,
  };
  const theirs = line && { businessOn: line.businessOn, providerRef: line.providerRef };
  const nobody = { businessOn: null, playerId: null, txId: line?.operationId ?? null, providerRef: null };
  return { ...nobody, ...ours, ...theirs };
}

const amountOf = ({ amount, currency }: { amount: bigint; currency: string }): string =>
  amountText(amount, currency);
const lineKey = (line: LineSide): string => `line:${line.key}`;
const operationKey = ({ operationId }: OperationSide): string => `operation:${operationId}`;

/** Everything is in question. */
const whole = ({ amount, currency }: { amount: bigint; currency: string }): Stake => ({
  ...{ difference: amount, whole: amount, currency },
});

const isOneOf = (list: readonly string[], word: string): boolean => list.includes(word);

/** Amounts as text, because the facts are stored and sent as JSON. */
const texts = (side: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(side).map(([name, value]) => [name, typeof value === 'bigint' ? `${value}` : value]),
  );
