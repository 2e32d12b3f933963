import { declineOf, type OperationState } from '@defter/payments-domain';

/** A call to a provider as the API shows it. */
export const toOperationView = (operation: OperationState) => {
  const decline = operation.declineCode === null ? null : declineOf(operation.declineCode);
  return { ...toCall(operation), decline_code: decline?.raw ?? null, decline };
};

const toCall = (operation: OperationState) => ({
  operation_id: operation.operationId,
  kind: operation.kind,
  result: operation.result,
  provider: operation.provider,
  connection_id: operation.connectionId,
  provider_ref: operation.providerRefs[0] ?? null,
  // An operation that is read from a row of an older process has no split and no parent.
  parent_operation_id: operation.parentOperationId ?? null,
  amount_minor: operation.amountMinor,
  fee_minor: operation.feeMinor,
  split: toSplitView(operation.split ?? null),
  quarantine: operation.quarantine,
  requested_at: operation.at,
});

const toSplitView = (split: OperationState['split']) =>
  split && {
    payable_minor: split.payableMinor,
    reserve_minor: split.reserveMinor,
    commission_minor: split.commissionMinor,
    vat_minor: split.vatMinor,
    surcharge_minor: split.surchargeMinor,
    remainder_minor: split.remainderMinor,
  };
