import type { CallContext } from '@defter/payments-contracts';
import { type Exchange, exchange, type Outgoing } from '@defter/platform';

/** A request to MockPSP: below the connection's address, with its key. */
export type Asking = Pick<Outgoing, 'headers' | 'body' | 'limitBytes'> & {
  readonly method: 'GET' | 'POST';
  readonly path: string;
};

/** One request to the provider, under the call's deadline. Never throws; see `exchange` of the platform. */
export const ask = ({ path, headers, ...asking }: Asking, call: CallContext): Promise<Exchange> =>
  exchange({
    ...asking,
    url: `${call.baseUrl}${path}`,
    timeoutMs: call.timeoutMs,
    headers: { authorization: `Bearer ${call.apiKey}`, accept: 'application/json', ...headers },
    ...(call.signal !== undefined && { signal: call.signal }),
  });
