import { refusalView } from '../answer.js';
import type { EventRecord, Outcome } from '../engine/submission.js';
import { errorCodeOf, refusalProblems } from '../ledger.problems.js';
import type { BulkAction, BulkElement } from './bulk.wire.js';
import { holdView, transactionView } from '../transaction-view.js';

const views: Readonly<Record<BulkAction, (record: EventRecord) => unknown>> = {
  CREATE_TRANSACTION: transactionView,
  REVERT_TRANSACTION: transactionView,
  POST_HOLD: holdView,
  VOID_HOLD: holdView,
  ADD_METADATA: () => undefined,
  DELETE_METADATA: () => undefined,
};

/** The result of one element of a bulk, in the form that ledger users know. */
export const elementView = (element: BulkElement | undefined, outcome: Outcome): object => {
  if (!outcome.accepted) {
    const { code } = outcome.refusal;
    const { detail, members, details } = refusalView(outcome);
    const errorCode = errorCodeOf(code, refusalProblems[code].status);
    const error = { responseType: 'ERROR', errorCode, errorDescription: detail, code, logID: 0 };
    return { ...error, ...(details === undefined ? {} : { details: members, errorDetails: details }) };
  }
  const { record, hit } = outcome;
  const data = element === undefined ? undefined : views[element.action](record);
  return {
    responseType: element?.action,
    logID: record.sequence,
    ...(hit ? { idempotencyHit: true } : {}),
    ...(data === undefined ? {} : { data }),
  };
};
