import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Lifecycle } from '@defter/platform';
import { Agent, type Dispatcher } from 'undici';
import type { AttemptFailure } from '@defter/webhooks-domain';
import type { Config } from '../config.js';
import { EndpointUrls } from '../endpoint-urls.js';
import { GuardedConnector } from './guarded-connector.js';
import { SendFailure } from './send-failure.js';

/** A request as it goes out. */
export interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What an answer leaves behind. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of the body. */
  readonly body: Buffer;
  readonly cut: boolean;
}

export type Sent =
  { readonly answer: Answer } | { readonly failure: AttemptFailure; readonly detail: string };

/** The process ends: nobody knows whether the receiver has it, so it is sent again. */
export const INTERRUPTED = 'interrupted';

const BODY_KEPT_BYTES = 16_384;
const HEADER_BYTES = 16_384;
const HEADERS_KEPT = 50;
const HEADER_VALUE_KEPT = 500;
const IDLE_CONNECTION_MS = 4_000;

/**
 * Sends one request and reads little of its answer. Redirects are not followed. Each part has its own
 * limit: the connection, the answer's headers, its body; a status that has come counts, however the body
 * goes on.
 */
@Injectable()
export class Sender {
  private readonly agent: Agent;
  private readonly ending = new AbortController();

  constructor(
    connector: GuardedConnector,
    private readonly urls: EndpointUrls,
    @Inject(CONFIG) private readonly config: Config,
    lifecycle: Lifecycle,
  ) {
    this.agent = new Agent({
      connect: connector.connect,
      pipelining: 1,
      keepAliveTimeout: IDLE_CONNECTION_MS,
      keepAliveMaxTimeout: IDLE_CONNECTION_MS,
      maxHeaderSize: HEADER_BYTES,
      // The limits below are exact to the millisecond; those of the client look once a second.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    lifecycle.register({
      name: 'webhook-sender',
      start: () => Promise.resolve(),
      stop: () => this.agent.destroy(),
    });
  }

  /** Ends every request that is under way. */
  interrupt(): void {
    this.ending.abort();
  }

  async send({ url, headers, body }: Outgoing): Promise<Sent | typeof INTERRUPTED> {
    const refusal = this.urls.refusal(url);
    if (refusal !== undefined) return { failure: 'url_refused', detail: refusal };
    const { origin, pathname, search } = new URL(url);
    const limit = new AbortController();
    const late = setTimeout(
      () => limit.abort(new SendFailure('answer_timeout', 'no answer in time')),
      this.config.answerTimeoutMs,
    );
    try {
      const answer = await this.agent.request({
        ...{ origin, path: pathname + search, method: 'POST', headers, body },
        signal: AbortSignal.any([limit.signal, this.ending.signal]),
      });
      clearTimeout(late);
      return { answer: await this.read(answer) };
    } catch (error) {
      if (this.ending.signal.aborted) return INTERRUPTED;
      const { failure, message } = SendFailure.from(error);
      return { failure, detail: message };
    } finally {
      clearTimeout(late);
    }
  }

  private async read({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Answer> {
    const pieces: Buffer[] = [];
    let length = 0;
    let ended = false;
    const reading = (async () => {
      for await (const piece of body as AsyncIterable<Buffer>) {
        pieces.push(piece.subarray(0, BODY_KEPT_BYTES + 1 - length));
        length = Math.min(length + piece.length, BODY_KEPT_BYTES + 1);
        if (length > BODY_KEPT_BYTES) return;
      }
      ended = true;
    })().catch(() => undefined);
    const timer = new AbortController();
    const timeUp = sleep(this.config.bodyTimeoutMs, undefined, { signal: timer.signal }).catch(
      () => undefined,
    );
    await Promise.race([reading, timeUp]);
    timer.abort();
    if (!ended) body.destroy();
    const kept = Buffer.concat(pieces);
    return {
      status: statusCode,
      headers: keptHeaders(headers),
      body: kept.subarray(0, BODY_KEPT_BYTES),
      cut: !ended,
    };
  }
}

function keptHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const pairs = Object.entries(headers)
    .slice(0, HEADERS_KEPT)
    .map(([name, value]) => [name, `${String(value)}`.slice(0, HEADER_VALUE_KEPT)] as const);
  return Object.fromEntries(pairs);
}
