import type { OperationState } from '@defter/payments-domain';

/** A call to a provider as the API shows it. */
export const toOperationView = (operation: OperationState) => ({
  operation_id: operation.operationId,
  kind: operation.kind,
  result: operation.result,
  provider: operation.provider,
  connection_id: operation.connectionId,
  provider_ref: operation.providerRefs[0] ?? null,
  decline_code: operation.declineCode,
  fee_minor: operation.feeMinor,
  quarantine: operation.quarantine,
  requested_at: operation.at,
});
