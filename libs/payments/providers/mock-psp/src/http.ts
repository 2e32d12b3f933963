import { Agent, request } from 'undici';
import type { CallContext } from '@defter/payments-contracts';

/** What came back; the body is whole, or the exchange counts as failed. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

export interface Outgoing {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A longer answer counts as unreadable. */
  readonly limitBytes: number;
}

/**
 * How an exchange ended. `not_sent` is certain: no connection came about, so the provider can't know of it.
 * `no_answer` is everything else without a whole answer; the provider may have acted.
 */
export type Exchange =
  | ({ readonly outcome: 'answered' } & Answer)
  | { readonly outcome: 'not_sent'; readonly reason: string }
  | { readonly outcome: 'no_answer'; readonly reason: string };

/** One pool of connections per base URL; idle ones don't keep a process alive. */
const agent = new Agent({ connections: 64, connect: { timeout: 2_000 } });

/** Codes that can only come from before a connection stands. */
const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
/** Codes that can come later too; they prove it only together with the system call that failed. */
const unreachable = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES', 'EPERM']);

/** One request to the provider; one deadline covers connecting, sending and reading. Never throws. */
export async function exchange(outgoing: Outgoing, call: CallContext): Promise<Exchange> {
  if (call.signal?.aborted === true)
    return { outcome: 'not_sent', reason: 'the call was given up before it began' };
  const deadline = AbortSignal.timeout(call.timeoutMs);
  const signal = call.signal === undefined ? deadline : AbortSignal.any([deadline, call.signal]);
  const { method, path, headers, body, limitBytes } = outgoing;
  try {
    const response = await request(`${call.baseUrl}${path}`, {
      ...{ dispatcher: agent, method, signal, body: body ?? null },
      headers: { authorization: `Bearer ${call.apiKey}`, accept: 'application/json', ...headers },
    });
    return { outcome: 'answered', status: response.statusCode, body: await whole(response.body, limitBytes) };
  } catch (error) {
    if (wasNeverSent(error)) return { outcome: 'not_sent', reason: describe(error) };
    const late = deadline.aborted ? `no answer within ${call.timeoutMs} ms` : describe(error);
    return { outcome: 'no_answer', reason: late };
  }
}

/** Whether the error proves that no byte of the request left this machine. */
export function wasNeverSent(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as { readonly code?: unknown; readonly syscall?: unknown };
  if (typeof code !== 'string') return false;
  return neverConnected.has(code) || (unreachable.has(code) && syscall === 'connect');
}

async function whole(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop by a throw destroys the stream, and with it the connection.
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limitBytes) throw new Error(`the answer is longer than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function describe(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return `${typeof code === 'string' ? `${code}: ` : ''}${String(message)}`.slice(0, 300);
}
