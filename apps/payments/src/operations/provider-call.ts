import type { LookupResult, OperationResult, PaymentProvider } from '@defter/payments-contracts';
import type { Observation, ObservedResult } from '@defter/payments-domain';
import type { CallContext } from '@defter/payments-contracts';
import type { LeasedOperation } from './operation.js';

/** What a call or look-up told us. */
export interface CallReport {
  readonly observation: Observation;
  /** The provider is certain that it never heard of the operation. */
  readonly notFound: boolean;
  /** Where the payer has to go before the provider goes on. */
  readonly nextUrl: string | undefined;
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
    if (held.step === 'send') return reportOf(held, await adapter.execute(held.call, context));
    return reportOf(held, await adapter.lookup(held.call.operationId, context));
  } catch (error) {
    return reportOf(held, { result: 'unknown', reason: `the adapter failed: ${String(error)}` });
  }
};

const reportOf = ({ step, call }: LeasedOperation, answer: OperationResult | LookupResult): CallReport => ({
  notFound: answer.result === 'not_found',
  nextUrl: 'nextAction' in answer ? answer.nextAction?.url : undefined,
  observation: {
    operationId: call.operationId,
    source: step === 'send' ? 'answer' : 'lookup',
    result: observedBy(step, answer),
    at: new Date().toISOString(),
    providerRef: 'providerRef' in answer ? (answer.providerRef ?? null) : null,
    declineCode: 'declineCode' in answer ? answer.declineCode : null,
    echoed: 'echoed' in answer ? answer.echoed : null,
  },
});

/** A look-up that couldn't be made, or found nothing, says nothing about the operation itself. */
const observedBy = (
  step: LeasedOperation['step'],
  { result }: OperationResult | LookupResult,
): ObservedResult => {
  if (result === 'not_found') return 'unknown';
  return step === 'look_up' && result === 'errored' ? 'unknown' : result;
};
