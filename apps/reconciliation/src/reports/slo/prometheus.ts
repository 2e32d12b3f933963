import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, exchange } from '@defter/platform';
import type { Config } from '../../config.js';
import { CouldNotLook } from '../../jobs/job.js';

/** A year of a dozen series every minute is below that. */
const LIMIT_BYTES = 32 * 1_024 * 1_024;

/** The numbers of one combination of labels, by their time in seconds. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: ReadonlyMap<number, number>;
}

/** From the first point to the last one, both asked for; times in seconds. */
export interface Points {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

interface Body {
  readonly status?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly data?: { readonly result?: readonly Result[] };
}

/** A Prometheus, by its HTTP API (https://prometheus.io/docs/prometheus/latest/querying/api/). */
@Injectable()
export class Prometheus {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** What an expression gives at an instant. @throws CouldNotLook */
  at(query: string, seconds: number): Promise<Series[]> {
    return this.ask('query', { query, time: `${seconds}` });
  }

  /** What an expression gives at each point. @throws CouldNotLook */
  over(query: string, { first, last, step }: Points): Promise<Series[]> {
    return this.ask('query_range', { query, start: `${first}`, end: `${last}`, step: `${step}` });
  }

  private async ask(path: string, parameters: Readonly<Record<string, string>>): Promise<Series[]> {
    const { prometheusUrl } = this.config;
    if (prometheusUrl === undefined)
      throw new CouldNotLook(
        'PROMETHEUS_URL names no Prometheus: set it to the address that has our metrics',
      );
    const answer = await exchange({
      ...{ method: 'POST', url: `${prometheusUrl}/api/v1/${path}`, limitBytes: LIMIT_BYTES },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(parameters).toString(),
      timeoutMs: this.config.prometheusTimeoutMs,
    });
    if (answer.outcome !== 'answered') throw new CouldNotLook(`Prometheus gave no answer: ${answer.reason}`);
    return seriesOf(answer.status, answer.body.toString('utf8'));
  }
}

/**
 * The series of an answer. A warning says that a part is missing (of several stores one was away): figures of
 * a part look like figures of the whole, so it counts as no answer.
 */
function seriesOf(status: number, text: string): Series[] {
  const body = bodyOf(text);
  if (body === undefined) throw new CouldNotLook(`Prometheus answered ${status} without its JSON`);
  if (status !== 200 || body.status !== 'success')
    throw new CouldNotLook(`Prometheus refused (${status}): ${body.error ?? 'without a reason'}`);
  const [warning] = body.warnings ?? [];
  if (warning !== undefined) throw new CouldNotLook(`Prometheus could not see everything: ${warning}`);
  return (body.data?.result ?? []).map(({ metric, value, values }) => ({
    labels: metric,
    values: new Map((values ?? (value === undefined ? [] : [value])).map(toPoint)),
  }));
}

const toPoint = ([at, value]: readonly [number, string]): [number, number] => [at, parseFloat(value)];

function bodyOf(text: string): Body | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}
