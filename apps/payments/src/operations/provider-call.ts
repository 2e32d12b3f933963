import type { LookupResult, OperationResult, PaymentProvider } from '@defter/payments-contracts';
import type { Observation, ObservedResult } from '@defter/payments-domain';
import type { CallContext } from '@defter/payments-contracts';
import type { LeasedOperation } from './operation-lease.js';

/** What a call or look-up told us. */
export interface CallReport {
  readonly observation: Observation;
  /** The provider is certain that it never heard of the operation. */
  readonly notFound: boolean;
}

/**
 * Sends or looks up an operation. Never throws: an adapter that does may have sent, so that is `unknown` too.
 * To be
 * called with no transaction open.
 */
export const callProvider = async (
  adapter: PaymentProvider,
  held: LeasedOperation,
  context: CallContext,
): Promise<CallReport> => {
  try {
    if (held.step === 'send') return reportOf(held, doubted(held, await adapter.execute(held.call, context)));
    return reportOf(held, await adapter.lookup(held.lookupId, context, held.call));
  } catch (error) {
    return reportOf(held, { result: 'unknown', reason: `the adapter failed: ${String(error)}` });
  }
};

/**
 * A refusal proves that nothing happened only where no earlier send may have arrived: a key that was taken
 * back meanwhile is refused, too, whatever the first send did. Such a refusal is looked up like a time-out.
 */
const doubted = ({ mayHaveArrived }: LeasedOperation, answer: OperationResult): OperationResult =>
  mayHaveArrived && answer.result === 'failed'
    ? {
        result: 'unknown',
        reason: `refused when sent again (${answer.declineCode}); the first may have arrived`,
      }
    : answer;

const reportOf = ({ step, call }: LeasedOperation, answer: OperationResult | LookupResult): CallReport => ({
  notFound: answer.result === 'not_found',
  observation: {
    operationId: call.operationId,
    source: step === 'send' ? 'answer' : 'lookup',
    result: observedBy(step, answer),
    at: new Date().toISOString(),
    providerRef: 'providerRef' in answer ? (answer.providerRef ?? null) : null,
    declineCode: 'declineCode' in answer ? answer.declineCode : null,
    echoed: 'echoed' in answer ? (answer.echoed ?? null) : null,
    ...(answer.result === 'pending' && payerOf(answer)),
  },
});

/** Whose turn it is, and of a dispute how serious; silence says nothing. */
const payerOf = ({
  nextAction,
  payerDone,
  isInquiry,
  isUnderReview,
}: Omit<Extract<OperationResult, { readonly result: 'pending' }>, 'result'>) => ({
  ...(nextAction && { nextActionUrl: nextAction.url }),
  ...(payerDone && { payerDone }),
  ...(isInquiry && { isInquiry }),
  ...(isUnderReview && { isUnderReview }),
});

/** A look-up that couldn't be made, or found nothing, says nothing about the operation itself. */
const observedBy = (
  step: LeasedOperation['step'],
  { result }: OperationResult | LookupResult,
): ObservedResult => {
  if (result === 'not_found') return 'unknown';
  return step === 'look_up' && result === 'errored' ? 'unknown' : result;
};
