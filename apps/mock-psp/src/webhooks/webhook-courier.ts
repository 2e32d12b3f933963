import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Metrics } from '@defter/platform';
import { Agent, request } from 'undici';
import type { Book, OpenDelivery } from '../book/book.js';
import type { Config } from '../config.js';
import { Connections, type MerchantConnection } from '../connections.js';
import type { Flaw } from '../operations/operation.js';
import type { Dialect, Letter } from './dialects/dialect.js';
import { ownLadder, waitOf } from './ladder.js';
import { dialectOf, writeLetter } from './write-letter.js';

const timeoutMs = 10_000;
const answerLimitBytes = 65_536;
/** Never accepted by anybody careful: any answer that isn't a fault ends these. */
const unacceptable: readonly (Flaw | null)[] = [
  ...['bad_signature', 'old_time', 'future_time', 'boundary_shift', 'huge', 'other_content'],
] as const satisfies readonly Flaw[];
/** The status of what was never sent because the dialect has no words for it. */
const untold = 0;

/** When an attempt is made, and after how many that failed. */
export interface Moment {
  readonly book: Book;
  readonly at: Date;
  readonly failures: number;
}

/** What became of one attempt. */
export interface Carried {
  readonly isDone: boolean;
  readonly status: number;
  /** How long to wait before the next one, at such an age; undefined when it is given up. */
  readonly waitMs: (ageMs: number) => number | undefined;
}

/** Carries one webhook once: writes and signs it in its dialect with the keys of this moment, posts it. */
@Injectable()
export class WebhookCourier {
  private readonly agent = new Agent({ connections: 32, connect: { timeout: 2_000 } });
  private readonly attempts;
  private turn = 0;

  constructor(
    private readonly connections: Connections,
    @Inject(CONFIG) private readonly config: Config,
    metrics: Metrics,
  ) {
    const help = 'Webhooks sent, by the class of the answer';
    this.attempts = metrics.counter('defter_mock_psp_webhook_attempts_total', help, ['answer']);
  }

  /** Never throws: without an answer it isn't done. */
  async carry(open: OpenDelivery, { failures, ...moment }: Moment, stop: AbortSignal): Promise<Carried> {
    const connection = await this.connections.findById(open.operation.connectionId).catch(() => undefined);
    const dialect = connection && dialectOf(connection);
    const waitMs = (ageMs: number) => waitOf(dialect?.ladder ?? ownLadder, failures, ageMs);
    if (connection === undefined || dialect === undefined) return { isDone: false, status: untold, waitMs };
    const letter = writeLetter(open, connection, moment);
    if (letter === undefined) return { isDone: true, status: untold, waitMs };
    const answer = await this.post(letter, connection, stop).catch(() => undefined);
    this.attempts.inc({ answer: answer === undefined ? 'none' : `${Math.floor(answer.status / 100)}xx` });
    if (answer === undefined) return { isDone: false, status: untold, waitMs };
    return { isDone: ends(open.delivery.flaw, dialect, answer), status: answer.status, waitMs };
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async post({ body, headers }: Letter, { webhookPath }: MerchantConnection, stop: AbortSignal) {
    const response = await request(`${this.nextBaseUrl()}${webhookPath}`, {
      ...{ dispatcher: this.agent, method: 'POST', body },
      headers: { 'user-agent': 'mock-psp', ...headers },
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
    });
    return { status: response.statusCode, body: await beginning(response.body) };
  }

  /** In turn, so that with several replicas each gets its share, and a retry goes to another one. */
  private nextBaseUrl(): string {
    const { webhookBaseUrls } = this.config;
    const url = webhookBaseUrls[this.turn++ % webhookBaseUrls.length] ?? '';
    return url.replace(/\/+$/, '');
  }
}

function ends(
  flaw: Flaw | null,
  dialect: Dialect,
  { status, body }: { status: number; body: string },
): boolean {
  return unacceptable.includes(flaw) ? status < 500 : dialect.isAccepted(status, body);
}

/** The answer's text as far as anybody looks at it; the rest is thrown away with the connection. */
async function beginning(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > answerLimitBytes) break;
  }
  return Buffer.concat(chunks).toString();
}
