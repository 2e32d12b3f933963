import type {
  CallContext,
  OperationResult,
  PaymentProvider,
  ProviderOperation,
} from '@defter/payments-contracts';
import type { Answer } from '@defter/platform';
import { ask } from './http.js';
import { readJson, readOperation, textOf, toResult } from './wire.js';

const answerLimitBytes = 65_536;
const paths: Readonly<Record<string, string>> = {
  sale: '/v1/charges',
  authorize: '/v1/authorizations',
  capture: '/v1/captures',
  void: '/v1/voids',
  refund: '/v1/refunds',
  payout: '/v1/payouts',
};
/**
 * With one of the provider's own problems these say that the request was refused before anything happened.
 */
const refusedBeforeActing = new Set([400, 401, 403, 415, 422]);

/**
 * Sends the operation, with its id as the idempotency key. `errored` only when provably nothing was sent; a
 * time-out, a 5xx, a 409 (the id is already used for something else) or a body that can't be read are
 * `unknown`.
 */
export const execute: PaymentProvider['execute'] = async (operation, call) => {
  const path = paths[operation.kind];
  if (path === undefined) return { result: 'errored', reason: `mock-psp has no operation ${operation.kind}` };
  const sent = await send(path, operation, call);
  if (sent.outcome === 'not_sent') return { result: 'errored', reason: sent.reason };
  if (sent.outcome === 'no_answer') return { result: 'unknown', reason: sent.reason };
  return readAnswer(sent, operation);
};

function send(path: string, operation: ProviderOperation, call: CallContext) {
  const { operationId, amountMinor, currency, customerId, reference, instrument, metadata } = operation;
  const { kind, parentProviderRef, returnUrl } = operation;
  const body = JSON.stringify({
    amount: amountMinor.toString(),
    ...{ currency, customer: customerId, reference, instrument, metadata },
    ...{ [parentField[kind] ?? 'charge']: parentProviderRef, return_url: returnUrl },
  });
  const headers = { 'content-type': 'application/json', 'idempotency-key': operationId };
  return ask({ method: 'POST', path, headers, body, limitBytes: answerLimitBytes }, call);
}

/** How a body calls what the operation is about. */
const parentField: Readonly<Record<string, string>> = {
  refund: 'charge',
  capture: 'authorization',
  void: 'authorization',
};

function readAnswer({ status, body }: Answer, { operationId, kind }: ProviderOperation): OperationResult {
  const json = readJson(body);
  if (status === 200 || status === 201) {
    const answered = readOperation(json);
    if (answered === undefined)
      return { result: 'unknown', reason: `status ${status} with a body that can't be read` };
    if (answered.operationId !== operationId || answered.kind !== kind) {
      return { result: 'unknown', reason: 'the answer is about another operation' };
    }
    return toResult(answered);
  }
  const code = textOf(json, 'code');
  if (refusedBeforeActing.has(status) && code !== undefined)
    return { result: 'failed', declineCode: status === 400 ? refusalOf(code, json) : code };
  return { result: 'unknown', reason: `status ${status}${code === undefined ? '' : ` (${code})`}` };
}

/** Longer lists than any that MockPSP has; what is stored and shown to people needs an end. */
const maxReason = 2_000;

/** `code: words`, as `declineOf` of payments reads it: for people, who otherwise would have to guess. */
function refusalOf(code: string, problem: unknown): string {
  const { known, errors } = (problem ?? {}) as { readonly known?: unknown; readonly errors?: unknown };
  const title = textOf(problem, 'detail') ?? textOf(problem, 'title');
  if (title === undefined) return code;
  const word = textOf(problem, 'word');
  const expected = textOf(problem, 'expected');
  const other = textOf(problem, 'with');
  const parts = [
    ...(word === undefined ? [title] : [`${title}: ${word}`]),
    ...(other === undefined ? [] : [`it contradicts ${other}`]),
    ...(expected === undefined ? [] : [`expected is ${expected}`]),
    ...(Array.isArray(known) ? [`known are ${known.join(', ')}`] : []),
    ...(Array.isArray(errors) ? errors.slice(1).map((error) => textOf(error, 'msg') ?? '') : []),
  ];
  return ended(`${code}: ${parts.join('; ')}`);
}

/** A list that is too long ends behind a whole word, and says that it goes on. */
const ended = (text: string): string =>
  text.length <= maxReason ? text : `${text.slice(0, text.lastIndexOf(', ', maxReason - 3))}, …`;
