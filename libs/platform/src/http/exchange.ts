import { Agent, request } from 'undici';

/** What came back; the body is whole, or the exchange counts as failed. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For connecting, sending and reading together. */
  readonly timeoutMs: number;
  /** A longer answer counts as unreadable. */
  readonly limitBytes: number;
  readonly signal?: AbortSignal;
}

/**
 * How an exchange ended. `not_sent` is certain: no connection came about, so the other side can't know of it.
 * `no_answer` is everything else without a whole answer; the other side may have acted.
 */
export type Exchange =
  | ({ readonly outcome: 'answered' } & Answer)
  | { readonly outcome: 'not_sent'; readonly reason: string }
  | { readonly outcome: 'no_answer'; readonly reason: string };

/** One pool of connections per origin; idle ones don't keep a process alive. Redirects aren't followed. */
const agent = new Agent({ connections: 64, connect: { timeout: 2_000 } });

/** Codes that can only come from before a connection stands. */
const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
/** Codes that can come later too; they prove it only together with the system call that failed. */
const unreachable = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES', 'EPERM']);

/**
 * One request to somebody else's server, for callers who must know whether it may have arrived: never throws,
 * tells "never sent" from "no answer", and doesn't send again.
 */
export async function exchange(outgoing: Outgoing): Promise<Exchange> {
  const { method, url, headers, body, timeoutMs, limitBytes } = outgoing;
  if (outgoing.signal?.aborted === true)
    return { outcome: 'not_sent', reason: 'the call was given up before it began' };
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = outgoing.signal === undefined ? deadline : AbortSignal.any([deadline, outgoing.signal]);
  try {
    const response = await request(url, {
      ...{ dispatcher: agent, method, signal, body: body ?? null },
      ...(headers !== undefined && { headers }),
    });
    return {
      ...{ outcome: 'answered', status: response.statusCode, headers: flat(response.headers) },
      body: await whole(response.body, limitBytes),
    };
  } catch (error) {
    if (wasNeverSent(error)) return { outcome: 'not_sent', reason: describe(error) };
    const late = deadline.aborted ? `no answer within ${timeoutMs} ms` : describe(error);
    return { outcome: 'no_answer', reason: late };
  }
}

/** Whether the error proves that no byte of the request left this machine. */
export function wasNeverSent(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as { readonly code?: unknown; readonly syscall?: unknown };
  if (typeof code !== 'string') return false;
  return neverConnected.has(code) || (unreachable.has(code) && syscall === 'connect');
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : `${value}`,
    ]),
  );
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
