/**
 * Decides how an intent is canceled, and how an attempt is given up whose payer walked away:
 *
 *     waiting for its payer → abandoned → the provider says: declined or failed (a new attempt may start)
 *                                       | succeeded (the money is there: booked, whatever was asked for)
 *
 * Giving up writes no outcome. Where a void ends what waits, one is sent; else, and once that is answered,
 * the provider is asked. Until it says that the attempt is not charged, or can't be any more, nothing that
 * charges may start: the intent is `unknown`, on the ladder of look-ups.
 */
import { accept, type Decision, refuse } from '@defter/kernel';
import { type Fresh, followUp } from './follow-up.js';
import { barredFromCharging } from './intent-barred.js';
import { needsPayer } from './intent-machine.js';
import { capturedMinor, childrenOf, liveAuthorizations, openCharges, reservedMinor } from './intent-money.js';
import type { AbandonAttempt, CancelIntent, ExistingIntent, IntentEvent, IntentRefusal } from './intent.js';
import { isSettled, type OperationRequest, type OperationResult, type OperationState } from './operation.js';

type CancelDecision = Decision<IntentEvent, IntentRefusal>;

/** The attempt that waits for its payer and was not given up; one call that charges is open at most. */
export const waitingAttempt = (intent: ExistingIntent): OperationState | undefined =>
  openCharges(intent).find((one) => needsPayer(one) && !isAbandoned(intent, one));

/** It was given up, and the provider hasn't said yet that it isn't charged. */
const unendedAttempt = (intent: ExistingIntent): OperationState | undefined =>
  openCharges(intent).find((one) => isAbandoned(intent, one));

/** Why there is nothing to give up; an attempt that is given up already is no reason. */
export const barredFromAbandoning = (intent: ExistingIntent): IntentRefusal | undefined =>
  (waitingAttempt(intent) ?? unendedAttempt(intent)) === undefined
    ? { code: 'nothing-to-abandon', status: intent.status }
    : undefined;

/** Why the intent can't be canceled: a call is open that waits for no payer, or it is paid or settled. */
export const barredFromCanceling = (intent: ExistingIntent): IntentRefusal | undefined => {
  const open = openCharges(intent);
  const givesUp = open.length > 0 && open.every((one) => isGivingUp(intent, one));
  if (!givesUp) return barredFromCharging(intent);
  // Another attempt went through late: what waits may only be given up.
  return capturedMinor(intent) > 0n ? { code: 'intent-settled', status: intent.status } : undefined;
};

/** Gives up the attempt that waits; again only sends another void, where every one before was refused. */
export const abandonAttempt = (command: AbandonAttempt, intent: ExistingIntent): CancelDecision => {
  const { operationId } = waitingAttempt(intent) ?? unendedAttempt(intent) ?? {};
  const isMeant = command.attempt === undefined || command.attempt === operationId;
  if (operationId === undefined) return refuse({ code: 'nothing-to-abandon', status: intent.status });
  return isMeant
    ? accept(...endings(intent, command))
    : refuse({ code: 'nothing-to-abandon', status: intent.status, waiting: operationId });
};

/**
 * Releases every live authorisation for which the command has an id, and gives up what waits for its payer;
 * where there is nothing to release, the intent ends here, or once the provider has said what became of it.
 */
export const cancelIntent = (command: CancelIntent, intent: ExistingIntent): CancelDecision => {
  const barred = barredFromCanceling(intent);
  if (barred !== undefined) return refuse(barred);
  const { by, at } = command;
  const [operationId, ...others] = command.operationIds;
  const givingUp = endings(intent, { operationId, reason: 'canceled', by, at });
  const ids = givingUp.length === 0 ? command.operationIds : others;
  const releases = liveAuthorizations(intent).flatMap((authorization, index): IntentEvent[] => {
    const id = ids[index];
    if (id === undefined) return [];
    const operation = releaseOf(intent, authorization, { operationId: id, at });
    return [{ type: 'VoidStarted', operation, at }];
  });
  const ends = releases.length === 0 && !intent.isCanceled;
  const canceled: IntentEvent[] = ends ? [{ type: 'PaymentIntentCanceled', by, at }] : [];
  return accept(...givingUp, ...canceled, ...releases);
};

/**
 * The provider has answered to the void of an abandoned attempt, or may have carried it out: now it can say
 * what became of that one.
 */
export const askAboutAbandoned = (
  intent: ExistingIntent,
  { kind, result: before, parentOperationId }: OperationState,
  { result, at }: { readonly result: OperationResult; readonly at: string },
): readonly IntentEvent[] => {
  const isAnswer = kind === 'void' && !isSettled(before) && (isSettled(result) || result === 'unknown');
  const attempt = intent.operations.find(({ operationId }) => operationId === parentOperationId);
  if (!isAnswer || attempt === undefined || !isAbandoned(intent, attempt)) return [];
  if (isSettled(attempt.result)) return [];
  return [{ type: 'LookupAsked', operationIds: [attempt.operationId], by: 'payments', at }];
};

const isAbandoned = ({ abandoned }: ExistingIntent, { operationId }: OperationState): boolean =>
  abandoned.includes(operationId);

/** It waits for its payer, is given up, or is to end what is. */
const isGivingUp = (intent: ExistingIntent, one: OperationState): boolean => {
  if (one.kind !== 'void') return needsPayer(one) || isAbandoned(intent, one);
  const ended = intent.operations.find(({ operationId }) => operationId === one.parentOperationId);
  return ended !== undefined && isAbandoned(intent, ended) && !isSettled(ended.result);
};

type Ending = Omit<AbandonAttempt, 'type'>;

/** Gives up what waits, or sends another void of what was given up before. */
const endings = (intent: ExistingIntent, ending: Ending): readonly IntentEvent[] => {
  const waiting = waitingAttempt(intent);
  if (waiting !== undefined) return givenUp(waiting, ending);
  const unended = unendedAttempt(intent);
  return unended === undefined ? [] : voidedAgain(intent, unended, ending);
};

/** A refused void (a key that was changed) ended nothing, and nothing else may: one more, if none is open. */
const voidedAgain = (
  intent: ExistingIntent,
  attempt: OperationState,
  { operationId, at }: Ending,
): readonly IntentEvent[] => {
  const isOpen = childrenOf(intent, attempt, 'void').some(({ result }) => !isSettled(result));
  if (isOpen || !canBeVoided(attempt)) return [];
  return [{ type: 'VoidStarted', operation: voidOf(attempt, attempt.amountMinor, { operationId, at }), at }];
};

/** Without the provider's name of it there is nothing that a void could be about. */
const canBeVoided = ({ endsByVoid, providerRefs }: OperationState): boolean =>
  endsByVoid === true && providerRefs.length > 0;

const givenUp = (
  attempt: OperationState,
  { operationId, reason, by, at }: Ending,
): readonly IntentEvent[] => {
  const abandoned: IntentEvent = {
    ...{ type: 'AttemptAbandoned', operationId: attempt.operationId },
    ...{ reason, by, at },
  };
  if (!canBeVoided(attempt))
    return [abandoned, { type: 'LookupAsked', operationIds: [attempt.operationId], by, at }];
  const operation = voidOf(attempt, attempt.amountMinor, { operationId, at });
  return [abandoned, { type: 'VoidStarted', operation, at }];
};

const releaseOf = (intent: ExistingIntent, authorization: OperationState, fresh: Fresh): OperationRequest =>
  voidOf(authorization, reservedMinor(intent, authorization), fresh);

const voidOf = (attempt: OperationState, amountMinor: bigint, fresh: Fresh): OperationRequest => ({
  ...followUp(attempt, fresh),
  ...{ kind: 'void', amountMinor, feeMinor: 0n, split: null },
});
