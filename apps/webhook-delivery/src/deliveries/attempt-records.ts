import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database } from '@defter/platform';
import {
  afterTrigger,
  type AttemptResult,
  decideAttempt,
  retryAfterMs,
  type Verdict,
} from '@defter/webhooks-domain';
import type { Config } from '../config.js';
import { type Attempt, recordAttempt } from './attempt-row.js';
import type { Way } from './way.js';
import type { Held } from './delivery-queue.js';
import { DeliveryReports } from './delivery-reports.js';
import { EndpointHealthKeeper } from './endpoint-health.js';
import type { Sent } from './sender.js';

const NO_ANSWER = { status: null, responseHeaders: null, responseBody: null, responseCut: false };

/**
 * Writes down an attempt with all that follows from it; what a failure does to its endpoint commits with
 * it.
 */
@Injectable()
export class AttemptRecords {
  constructor(
    private readonly database: Database,
    private readonly health: EndpointHealthKeeper,
    private readonly reports: DeliveryReports,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async record(held: Held, sent: Sent, way: Way): Promise<void> {
    const at = new Date();
    const verdict = decideAttempt(resultOf(sent, at), held.tries, this.policy(), Math.random());
    const sign = { endpoint: verdict.endpoint, slow: way.durationMs > this.config.slowAfterMs, at };
    const { reason = null, inMs = null } = verdict;
    const end = { state: stateAfter(verdict), reason, inMs };
    const write = async () => {
      const recorded = await recordAttempt(this.database, held, end, { ...way, ...answerOf(sent) });
      // What a worker learned that has lost its lease is old.
      const isHeld = recorded?.held === true;
      if (isHeld) await this.health.note(held.tenantId, held.endpointId, recorded, sign);
      return isHeld;
    };
    const isWell = verdict.endpoint === 'healthy';
    const isHeld = isWell ? await write() : await this.database.transaction(write);
    this.reports.made(isHeld ? (reason ?? 'delivered') : 'late', way.durationMs);
  }

  private policy() {
    const { ladderMs, longestRetryAfterMs } = this.config;
    return { ladderMs, longestRetryAfterMs };
  }
}

const stateAfter = ({ trigger }: Verdict) => {
  const state = afterTrigger('sending', trigger);
  if (state === undefined) throw new Error(`a delivery that is being sent knows no '${trigger}'`);
  return state;
};

function resultOf(sent: Sent, now: Date): AttemptResult {
  if ('failure' in sent) return { kind: 'failed', failure: sent.failure };
  const { status, headers } = sent.answer;
  const asked = retryAfterMs(headers['retry-after'], now);
  return { kind: 'answered', status, ...(asked !== undefined && { retryAfterMs: asked }) };
}

function answerOf(sent: Sent): Omit<Attempt, keyof Way> {
  if ('failure' in sent) return { ...NO_ANSWER, failure: sent.failure, detail: sent.detail.slice(0, 500) };
  const { status, headers, body, cut } = sent.answer;
  return {
    ...{ status, failure: null, detail: null },
    responseHeaders: headers,
    responseBody: body,
    responseCut: cut,
  };
}
