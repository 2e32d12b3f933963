import Stripe from 'stripe';
import type { CallContext, OperationResult } from '@defter/payments-contracts';
import { exchange, type Exchange, readJson } from '@defter/platform';

const answerLimitBytes = 1_048_576;

/** How a call through the SDK ended. */
export type Called<T> =
  | { readonly ended: 'answered'; readonly value: T }
  | { readonly ended: 'refused'; readonly error: Stripe.errors.StripeError }
  | { readonly ended: 'never_sent' | 'unclear'; readonly reason: string };

/** With an error of Stripe's own these say that the request was refused before anything happened. */
const refusedBeforeActing = new Set([400, 401, 402, 403, 404]);

/**
 * One piece of work with Stripe's SDK over our own exchange: one deadline for each request, no repetition, no
 * telemetry, and the difference between "never sent" and "no answer", which the SDK doesn't tell. Never
 * throws.
 */
export const withStripe = async <T>(
  { baseUrl, apiKey, timeoutMs, signal }: CallContext,
  work: (stripe: Stripe) => Promise<T>,
): Promise<Called<T>> => {
  const url = new URL(baseUrl);
  let last: Exchange | undefined;
  const send = async (address: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    last = await exchange({
      ...{ method: (init.method ?? 'GET') as 'GET' | 'POST' | 'DELETE', url: String(address), timeoutMs },
      ...{ headers: Object.fromEntries(new Headers(init.headers)), limitBytes: answerLimitBytes },
      ...(typeof init.body === 'string' && init.body !== '' && { body: init.body }),
      ...(signal !== undefined && { signal }),
    });
    // The SDK would throw outside of its promise on a JSON value that is no object, and end the process.
    if (last.outcome === 'answered' && !isObject(last.body))
      last = { outcome: 'no_answer', reason: `status ${last.status} with a body that is no object` };
    if (last.outcome !== 'answered') throw new Error(last.reason);
    return new Response(new Uint8Array(last.body), { status: last.status, headers: last.headers });
  };
  const stripe = new Stripe(apiKey, {
    ...{ host: url.hostname, protocol: url.protocol === 'http:' ? 'http' : 'https', telemetry: false },
    ...{ port: url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : url.port, maxNetworkRetries: 0 },
    // Our own deadline is the first to strike.
    ...{ timeout: timeoutMs + 5_000, httpClient: Stripe.createFetchHttpClient(send) },
  });
  try {
    return { ended: 'answered', value: await work(stripe) };
  } catch (error) {
    return endOf(error, last);
  }
};

const isObject = (body: Buffer): boolean => {
  const json = readJson(body);
  return typeof json === 'object' && json !== null && !Array.isArray(json);
};

const endOf = (error: unknown, last: Exchange | undefined): Called<never> => {
  if (last === undefined) return { ended: 'never_sent', reason: String(error) };
  if (last.outcome === 'not_sent') return { ended: 'never_sent', reason: last.reason };
  if (last.outcome === 'no_answer') return { ended: 'unclear', reason: last.reason };
  const isStripes = error instanceof Stripe.errors.StripeError && error.rawType !== undefined;
  // An idempotency error means that the first call with this key had other content or still runs.
  if (isStripes && refusedBeforeActing.has(last.status) && error.rawType !== 'idempotency_error')
    return { ended: 'refused', error };
  return { ended: 'unclear', reason: `status ${last.status} without a clear answer` };
};

/** What a call that wasn't answered means for an operation. */
export const unanswered = (called: Exclude<Called<unknown>, { ended: 'answered' }>): OperationResult => {
  if (called.ended === 'never_sent') return { result: 'errored', reason: called.reason };
  if (called.ended !== 'refused') return { result: 'unknown', reason: called.reason };
  const { rawType, code, decline_code: declineCode } = called.error;
  return rawType === 'card_error'
    ? { result: 'declined', declineCode: declineCode ?? code ?? 'declined' }
    : { result: 'failed', declineCode: code ?? rawType ?? 'refused_by_provider' };
};
