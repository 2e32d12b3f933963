/**
 * Residue → findings. Pure: the same residue gives the same findings, and each finding the same keys, so
 * that a second run finds the first one's rows.
 */
import type { Classified } from './classified.js';
import { classifyState } from './classify-state.js';
import { amountOf, finding, lineKey, operationKey, whole } from './classified-sides.js';
import { amountText } from './currency.js';
import { explanationOf } from './explain.js';
import type { FindingType } from './finding-type.js';
import type { Candidate, LineSide, OperationSide, Residue } from './residue.js';
import type { Stake } from './risk.js';
import { similarity } from './similarity.js';
import { movedResults, unmovedResults } from './settlement.js';
import { capital, kindText, placeText, resultText } from './words.js';

/**
 * All findings in a residue: none when the difference is explained, several when several things differ.
 * `asOn` is the date as of which it is looked at; some differences grow worse with age.
 */
export function classify(residue: Residue, asOn?: string): readonly Classified[] {
  switch (residue.kind) {
    case 'line-alone':
      return [lineAlone(residue.line, residue.candidates ?? [])];
    case 'line-again':
      return [lineAgain(residue.line, residue.operation, residue.matchedBy)];
    case 'operation-alone':
      return [operationAlone(residue.operation, residue.leg)];
    case 'pair-differs':
      return pairDiffers(residue);
    case 'not-booked':
      return [notBooked(residue.operation, residue.leg)];
    case 'booked-differs':
      return bookedDiffers(residue);
    case 'settled-late':
      return [settledLate(residue.line, residue.operation, asOn)];
    default:
      return [classifyState(residue, asOn)];
  }
}

function lineAlone(line: LineSide, candidates: readonly Candidate[]): Classified {
  const message =
    `The provider settled a ${kindText(line.kind)} of ${amountOf(line)} ` +
    `(reference ${line.providerRef || 'none'}, ${placeText(line)}); we know no such operation.`;
  const told = { message, stake: whole(line), keys: [lineKey(line)] };
  const suggestions = candidates.map((candidate) => suggestionOf(line, candidate));
  return finding('missing_in_ledger', { line }, suggestions.length === 0 ? told : { ...told, suggestions });
}

/** For a person only: nothing is ever matched because two texts look alike. */
function suggestionOf(line: LineSide, { operationId, providerRef, occurredAt }: Candidate): object {
  const alike = similarity(line.providerRef, providerRef ?? operationId);
  const reason = line.providerRef === '' ? 'fits several' : 'same amount';
  return { operationId, occurredAt, reason: alike >= 0.7 ? 'similar reference' : reason, similarity: alike };
}

function settledLate(line: LineSide, operation: OperationSide, asOn: string | undefined): Classified {
  const message =
    `Operation ${operation.operationId} of ${operation.businessOn} was settled on ${line.businessOn} ` +
    `(${placeText(line)}), later than this provider usually does.`;
  const keys = [lineKey(line), operationKey(operation)];
  return finding('late_settlement', { line, operation }, { message, stake: whole(operation), keys, asOn });
}

function lineAgain(line: LineSide, operation: OperationSide, matchedBy: string): Classified {
  const message =
    `${capital(placeText(line))} settles operation ${operation.operationId} again ` +
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
  const what = `${capital(kindText(operation.kind))} ${operation.operationId} of ${amountOf(operation)}`;
  const message =
    leg === 'return'
      ? `${what} came back to us; no settlement line of the provider has its return.`
      : `${what} ${resultText(operation.result)} with us; no settlement line of the provider has it.`;
  const keys = [`${operationKey(operation)}/${leg}`];
  return finding('missing_at_psp', { operation }, { message, stake: whole(operation), keys, raw: { leg } });
}

type Pair = Extract<Residue, { kind: 'pair-differs' }>;

function pairDiffers(pair: Pair): readonly Classified[] {
  const { line, operation } = pair;
  const about = `Operation ${operation.operationId}, ${placeText(line)}`;
  const keys = [lineKey(line), operationKey(operation)];
  const say = (type: FindingType, message: string, stake: Stake): Classified =>
    finding(type, { line, operation }, { message: `${about}: ${message}`, stake, keys });

  if (line.currency !== operation.currency) {
    return [...currencyDiffers(line, operation, say), ...statusDiffers(pair, say)];
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
  return [...found, ...statusDiffers(pair, say)];
}

/** Money that the provider exchanged at a stated rate is in another currency on purpose. */
function currencyDiffers(line: LineSide, operation: OperationSide, say: Say): readonly Classified[] {
  const message = `the provider says ${amountOf(line)}, we say ${amountOf(operation)}.`;
  const { original } = line;
  if (original?.currency !== operation.currency) {
    return [say('currency_mismatch', message, whole(operation))];
  }
  if (original.amount !== operation.amount) {
    const stake = { ...whole(operation), difference: original.amount - operation.amount };
    const before = `${amountOf(original)} before the exchange`;
    return [say('amount_mismatch', `the provider says ${before}, we say ${amountOf(operation)}.`, stake)];
  }
  if (explanationOf(line, operation) !== undefined) return [];
  const rate = `${amountOf(original)} at ${original.rate} is not ${amountOf(line)}`;
  return [say('fx_mismatch', `${rate}, which the provider settled.`, whole(line))];
}

type Say = (type: FindingType, message: string, stake: Stake) => Classified;

function statusDiffers(pair: Pair, say: Say): readonly Classified[] {
  const { line, operation } = pair;
  const agrees =
    line.leg === 'return' ? operation.result === 'returned' : isOneOf(movedResults, operation.result);
  if (agrees || disputeAgrees(pair)) return [];
  const theirs = line.status === 'returned' ? 'settled its return' : 'settled it';
  const message = `the provider ${theirs}, for us it ${resultText(operation.result)}.`;
  return [say('status_mismatch', message, whole(operation))];
}

/**
 * The provider may take a dispute's money when it opens, weeks before it is lost, and gives it back when it
 * is won; for us nothing moves until then.
 */
function disputeAgrees({ line, operation, cameBack = false }: Pair): boolean {
  if (operation.kind !== 'chargeback') return false;
  const isWon = isOneOf(['declined', 'failed'], operation.result);
  if (line.leg === 'return') return isWon;
  return operation.result === 'pending' || (isWon && cameBack);
}

function notBooked(operation: OperationSide, leg: string): Classified {
  const [what, suffix] = leg === 'return' ? ['its return', '/return'] : ['it', ''];
  const message =
    `${capital(kindText(operation.kind))} ${operation.operationId} of ${amountOf(operation)} ` +
    `${resultText(operation.result)}, but in the ledger nothing is booked for ${what} ` +
    `(its reference there: ${operation.ledgerReference ?? 'none'}; what has it, if anything, was reverted).`;
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
    const message = `it ${resultText(operation.result)}, but the ledger booked ${amountOf(booked)} for it.`;
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

const isOneOf = (list: readonly string[], word: string): boolean => list.includes(word);
