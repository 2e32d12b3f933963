import type { ReportObservationV1 } from '@defter/reconciliation-contracts';
import type { ProviderEventV1 } from '@defter/webhooks-contracts';

/** What is known of a line beside what it says. */
interface Known {
  readonly receivedAt: Date;
  /** The connection's setting: a file that somebody handed in is as good as one that we fetched. */
  readonly filesProve: boolean;
}

/**
 * The line in the form of an event, so that it goes the way of one: it is verified when it was fetched from
 * the provider, for nobody has signed a file that somebody handed in; that one only causes a look-up. Its
 * reference is one of the provider's only where its adapter has read it.
 */
export const toEvent = (line: ReportObservationV1, { receivedAt, filesProve }: Known): ProviderEventV1 => {
  const { observationId, provider, connectionId, operationId, providerRef, reportRef, lineNumber } = line;
  const { kind, result, amountMinor, currency, occurredAt, runId } = line;
  const isFetched = line.origin === 'provider';
  return {
    ...{ eventId: observationId, requestId: reportRef, provider, connectionId },
    ...{ providerEventId: `${reportRef}/${lineNumber}`, providerType: 'report line' },
    ...{ occurredAt, receivedAt: receivedAt.toISOString(), verified: isFetched || filesProve },
    facts: {
      operationId,
      ...(isFetched && providerRef !== undefined && { providerRef }),
      ...{ kind, result, amountMinor, currency },
    },
    untrusted: { runId },
  };
};
