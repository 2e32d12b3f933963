import type { LookupResult, PaymentProvider } from '@defter/payments-contracts';
import { ask } from './http.js';
import { readJson, readOperation, textOf, toResult } from './wire.js';

const answerLimitBytes = 65_536;

/**
 * Asks by our operation id. Never `errored`: that would mean "the operation was never sent", and a look-up
 * that fails knows nothing of the operation. `not_found` only in the provider's own words, never from a
 * bare 404.
 */
export const lookup: PaymentProvider['lookup'] = async (operationId, call): Promise<LookupResult> => {
  const path = `/v1/operations/${encodeURIComponent(operationId)}`;
  const asked = await ask({ method: 'GET', path, limitBytes: answerLimitBytes }, call);
  if (asked.outcome !== 'answered') return { result: 'unknown', reason: asked.reason };
  const json = readJson(asked.body);
  if (asked.status === 404 && textOf(json, 'code') === 'operation-not-found') return { result: 'not_found' };
  const operation = asked.status === 200 ? readOperation(json) : undefined;
  if (operation === undefined)
    return { result: 'unknown', reason: `the look-up was answered with ${asked.status}` };
  if (operation.operationId !== operationId)
    return { result: 'unknown', reason: 'the answer is about another operation' };
  if (operation.status !== 'returned') return toResult(operation);
  const { providerRef, amountMinor, currency } = operation;
  return { result: 'returned', providerRef, echoed: { amountMinor, currency } };
};
