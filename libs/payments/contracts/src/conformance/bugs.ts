import { createHash } from 'node:crypto';
import { holdsCardNumber } from '@defter/kernel';
import { withStatus } from './broken-server.js';
import type { ConformanceBug } from './bug.js';
import { disputeBugs } from './dispute-bugs.js';
import type { PaymentProvider, ProviderEvent, RawRequest } from '../provider-port.js';

type Webhook = PaymentProvider['webhook'];

const always = (): boolean => true;
const calls = ({ manifest }: PaymentProvider): boolean => manifest.capabilities.length > 0;
const signsFields = ({ manifest }: PaymentProvider): boolean => manifest.signedFields !== 'whole-body';

const inWebhook =
  (change: (webhook: Webhook) => Partial<Webhook>) =>
  (provider: PaymentProvider): PaymentProvider => ({
    ...provider,
    webhook: { ...provider.webhook, ...change(provider.webhook) },
  });
const inEvents = (change: (event: ProviderEvent, request: RawRequest) => ProviderEvent) =>
  inWebhook(({ normalize }) => ({
    normalize: (request) => normalize(request).map((event) => change(event, request)),
  }));
const inExecute =
  (change: (provider: PaymentProvider) => PaymentProvider['execute']) =>
  (provider: PaymentProvider): PaymentProvider => ({ ...provider, execute: change(provider) });
const inLookup =
  (change: (provider: PaymentProvider) => PaymentProvider['lookup']) =>
  (provider: PaymentProvider): PaymentProvider => ({ ...provider, lookup: change(provider) });

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The kit is only worth what it can catch: each of these, put into a sound adapter, must make it fail. */
export const conformanceBugs: readonly ConformanceBug[] = [
  {
    bug: 'no answer counts as failed',
    caughtBy: 'a provider that never answers',
    fits: calls,
    spoil: inExecute(({ execute }) => async (...args) => {
      const result = await execute(...args);
      return result.result === 'unknown' ? { result: 'failed', declineCode: 'timeout' } : result;
    }),
  },
  {
    bug: 'a refusal counts whatever its status',
    caughtBy: 'a refusal in the provider’s own words',
    fits: calls,
    spoil: inExecute(({ execute }) => async (operation, call) => {
      // Refusals are believed with 400 at some providers, with 200 at others.
      const withTheir = (status: number): ReturnType<typeof execute> =>
        withStatus(call.baseUrl, status, (baseUrl) => execute(operation, { ...call, baseUrl }));
      const told = await withTheir(400);
      return told.result === 'unknown' ? withTheir(200) : told;
    }),
  },
  {
    bug: 'a refused connection counts as unknown',
    caughtBy: 'a refused connection',
    fits: calls,
    spoil: inExecute(({ execute }) => async (...args) => {
      const result = await execute(...args);
      return result.result === 'errored' ? { result: 'unknown', reason: 'no connection' } : result;
    }),
  },
  {
    bug: 'an answer that is no answer throws',
    caughtBy: 'a provider that answers 500',
    fits: calls,
    spoil: inExecute(({ execute }) => async (...args) => {
      const result = await execute(...args);
      if (result.result === 'unknown') throw new Error(result.reason);
      return result;
    }),
  },
  {
    bug: 'it is sent twice to be sure',
    caughtBy: 'execute sale: one request',
    fits: calls,
    spoil: inExecute(({ execute }) => async (...args) => {
      await execute(...args);
      return execute(...args);
    }),
  },
  {
    bug: 'the idempotency key is another one at each call',
    caughtBy: 'execute sale: one request',
    fits: calls,
    spoil: inExecute(({ execute }) => (operation, call) => {
      const digits = digestOf(Buffer.from(operation.operationId)).slice(0, 32);
      return execute({ ...operation, operationId: `op_${digits}` }, call);
    }),
  },
  {
    bug: 'what was asked for is echoed',
    caughtBy: 'execute or lookup: the echoed money',
    fits: calls,
    spoil: (provider) => ({
      ...provider,
      execute: async (operation, call) => {
        const result = await provider.execute(operation, call);
        const { amountMinor, currency } = operation;
        return 'echoed' in result ? { ...result, echoed: { amountMinor, currency } } : result;
      },
      lookup: async (operationId, call, operation) => {
        const result = await provider.lookup(operationId, call, operation);
        if (!('echoed' in result) || operation === undefined) return result;
        return { ...result, echoed: { amountMinor: operation.amountMinor, currency: operation.currency } };
      },
    }),
  },
  {
    bug: 'a look-up that got no answer says not_found',
    caughtBy: 'a provider that answers 503',
    fits: calls,
    spoil: inLookup(({ lookup }) => async (...args) => {
      const result = await lookup(...args);
      return result.result === 'unknown' ? { result: 'not_found' } : result;
    }),
  },
  {
    bug: 'a look-up that may be behind counts as certain',
    caughtBy: 'lookup: that it may miss what was just sent',
    fits: ({ manifest }) => manifest.lookupLagSeconds !== undefined,
    spoil: ({ manifest: { lookupLagSeconds: _, ...manifest }, ...provider }) => ({ ...provider, manifest }),
  },
  {
    bug: 'a look-up counts as certain before the search has caught up',
    caughtBy: 'lookup: that it may miss what was just sent',
    fits: ({ manifest }) => manifest.lookupLagSeconds !== undefined,
    spoil: ({ manifest, ...provider }) => ({ ...provider, manifest: { ...manifest, lookupLagSeconds: 1 } }),
  },
  ...disputeBugs,
  {
    bug: 'a look-up sends the operation when it is missing',
    caughtBy: 'lookup: an operation that was never executed',
    fits: calls,
    spoil: inLookup(({ lookup, execute }) => async (operationId, call, operation) => {
      const result = await lookup(operationId, call, operation);
      return operation === undefined || 'providerRef' in result ? result : execute(operation, call);
    }),
  },
  {
    bug: 'a card number goes out',
    caughtBy: 'execute: text like a card number',
    fits: calls,
    spoil: inExecute(({ execute }) => (operation, call) => {
      // Past the guard it goes as other text: what counts is that something is sent.
      const clean = (text: string): string => (holdsCardNumber(text) ? 'x' : text);
      const metadata = Object.entries(operation.metadata).map(([name, text]) => [clean(name), clean(text)]);
      return execute(
        {
          ...{ ...operation, metadata: Object.fromEntries(metadata) as Record<string, string> },
          ...{ reference: clean(operation.reference), customerId: clean(operation.customerId) },
          ...(operation.instrument !== undefined && { instrument: clean(operation.instrument) }),
        },
        call,
      );
    }),
  },
  {
    bug: 'it tells its key in a reason',
    caughtBy: 'execute and lookup: no secret',
    fits: calls,
    spoil: inLookup(() => (_, call) => {
      const secrets = [call.apiKey, ...Object.values(call.credentials ?? {})].join(' ');
      return Promise.resolve({ result: 'unknown', reason: `refused: ${secrets}` });
    }),
  },
  {
    bug: 'any signature is good',
    caughtBy: 'webhook: without its signature',
    fits: always,
    spoil: inWebhook(() => ({
      verify: (_, [key]) =>
        key === undefined ? { valid: false, reason: 'no_key' } : { valid: true, keyId: key.id },
    })),
  },
  {
    bug: 'the header with the signature is not named',
    caughtBy: 'webhook: the header that signs is named',
    fits: ({ webhook }) => webhook.signatureHeader !== undefined,
    spoil: ({ webhook: { signatureHeader: _, ...webhook }, ...provider }) => ({ ...provider, webhook }),
  },
  {
    bug: 'only the first key is tried',
    caughtBy: 'webhook: while a secret rotates',
    fits: always,
    spoil: inWebhook(({ verify }) => ({
      verify: (request, keys, now) => verify(request, keys.slice(0, 1), now),
    })),
  },
  {
    bug: 'a signature of another length throws',
    caughtBy: 'webhook: a signature cut',
    fits: always,
    spoil: inWebhook(({ verify }) => ({
      verify: (request, keys, now) => {
        const verdict = verify(request, keys, now);
        if (!verdict.valid) throw new RangeError('Input buffers must have the same byte length');
        return verdict;
      },
    })),
  },
  {
    bug: 'the clock is read instead of being given',
    caughtBy: 'webhook: 5:00 old or ahead',
    fits: ({ manifest }) => manifest.signsTimestamp,
    spoil: inWebhook(({ verify }) => ({ verify: (request, keys) => verify(request, keys, new Date(0)) })),
  },
  {
    bug: 'the unique key is the digest of the body',
    caughtBy: 'webhook: each field changed',
    fits: signsFields,
    spoil: inEvents((event, { body }) => ({ ...event, uniqueKey: digestOf(body) })),
  },
  {
    bug: 'the unique key is another one at each delivery',
    caughtBy: 'webhook: each event has a unique key',
    fits: always,
    spoil: (() => {
      let count = 0;
      return inEvents((event) => ({ ...event, uniqueKey: `event:${++count}` }));
    })(),
  },
  {
    bug: 'an unsigned field is believed',
    caughtBy: 'webhook: each field changed',
    fits: signsFields,
    spoil: inEvents((event) =>
      event.facts === undefined
        ? { ...event, uniqueKey: `${event.uniqueKey}${JSON.stringify(event.untrusted)}` }
        : {
            ...event,
            facts: { ...event.facts, declineCode: digestOf(Buffer.from(JSON.stringify(event.untrusted))) },
          },
    ),
  },
  {
    bug: 'all events of a type share a unique key',
    caughtBy: 'webhook: a signed field changed',
    fits: signsFields,
    spoil: inEvents((event) => ({ ...event, uniqueKey: event.providerType.slice(0, 1) })),
  },
  {
    bug: 'what is no event is an event of nothing',
    caughtBy: 'webhook: bytes of another form',
    fits: always,
    spoil: inWebhook(({ normalize }) => ({
      normalize: (request) => {
        try {
          return normalize(request);
        } catch {
          return [];
        }
      },
    })),
  },
  {
    bug: 'a type that nobody knows counts as a payment',
    caughtBy: 'webhook: a type that nobody knows',
    fits: always,
    spoil: inEvents((event) => ({
      ...event,
      facts: event.facts ?? { kind: 'sale', result: 'succeeded' },
    })),
  },
  {
    bug: 'a header changes the unique key',
    caughtBy: 'webhook: headers cannot change',
    fits: always,
    spoil: inEvents((event, { headers }) => ({
      ...event,
      uniqueKey: headers['webhook-id'] ?? event.uniqueKey,
    })),
  },
];
