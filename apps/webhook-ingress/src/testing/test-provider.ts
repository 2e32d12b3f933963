import { createHmac, timingSafeEqual } from 'node:crypto';
import { type PaymentProvider, type RawRequest, UnreadableWebhook } from '@defter/payments-contracts';

/** What a test sends: the body's form of this provider. */
export interface TestEvent {
  readonly id: string;
  readonly type: string;
  readonly operation?: string;
  readonly amount?: string;
  readonly note?: string;
}

const toleranceMs = 300_000;
const notUsed = (): never => {
  throw new Error('this provider only sends webhooks');
};

/**
 * A provider with real signatures in the form of Standard Webhooks (HMAC-SHA256 over `id.timestamp.body`).
 */
export const testProvider: PaymentProvider = {
  manifest: {
    id: 'test-psp',
    capabilities: ['sale'],
    currencies: ['TRY'],
    idempotency: 'native',
    signedFields: 'whole-body',
    signsTimestamp: true,
    retryWindowSeconds: 3_600,
    acknowledgement: { status: 202, body: 'OK', contentType: 'text/plain' },
  },
  execute: notUsed,
  lookup: notUsed,
  reports: { list: notUsed, fetch: notUsed, parse: notUsed },
  webhook: {
    signatureHeader: 'webhook-signature',
    identify: (request) => (parse(request) as { readonly connection?: string }).connection,
    verify: (request, keys, now) => {
      const { 'webhook-signature': given = '', 'webhook-timestamp': seconds = '' } = request.headers;
      if (given === '') return { valid: false, reason: 'signature_missing' };
      const key = keys.find(({ secret }) => matches(given, signatureOf(request, secret)));
      if (key === undefined) return { valid: false, reason: 'signature_mismatch' };
      const age = now.getTime() - Number.parseInt(seconds, 10) * 1_000;
      if (Math.abs(age) > toleranceMs) return { valid: false, reason: 'timestamp_out_of_tolerance' };
      return { valid: true, keyId: key.id };
    },
    normalize: (request) => {
      const { events = [] } = parse(request) as { readonly events?: readonly TestEvent[] };
      if (events.some(({ type }) => type === 'adapter_bug')) throw new TypeError('a bug of the adapter');
      return events.map(({ id, type, operation, amount, note }) => ({
        providerEventId: id,
        providerType: type,
        uniqueKey: `event:${id}`,
        ...(operation !== undefined && {
          facts: {
            operationId: operation,
            kind: 'sale' as const,
            result: 'succeeded' as const,
            currency: 'TRY',
            ...(amount !== undefined && { amountMinor: BigInt(amount) }),
          },
        }),
        untrusted: note === undefined ? {} : { note },
      }));
    },
  },
};

/** Another provider that signs in the same way. */
export const otherProvider: PaymentProvider = {
  ...testProvider,
  manifest: { ...testProvider.manifest, id: 'other-psp' },
};

/** A signed request as this provider sends it. */
export function signed(body: string | Uint8Array, secret: string, at = new Date()): TestRequest {
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body);
  const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': `${Math.floor(at.getTime() / 1_000)}` };
  const signature = signatureOf({ path: '', headers, body: bytes }, secret);
  return {
    body: bytes,
    headers: { ...headers, 'content-type': 'application/json', 'webhook-signature': signature },
  };
}

/** The arguments of `fetch`. */
export interface TestRequest {
  readonly body: Buffer;
  readonly headers: Record<string, string>;
}

function signatureOf({ headers, body }: RawRequest, secret: string): string {
  const { 'webhook-id': id = '', 'webhook-timestamp': seconds = '' } = headers;
  return `v1,${createHmac('sha256', secret).update(`${id}.${seconds}.`).update(body).digest('base64')}`;
}

function matches(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function parse({ body }: RawRequest): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new UnreadableWebhook('the body is not JSON in UTF-8');
  }
}
