import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, exchange, Fault } from '@defter/platform';
import type { Config } from './config.js';

const LIMIT_BYTES = 4 * 1_024 * 1_024;

/** A number with its labels, as Prometheus writes it. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a service measures of itself; `samples` is missing where it gave no answer. */
export interface Watched {
  readonly service: string;
  readonly samples?: readonly Sample[];
  readonly reason?: string;
}

/** The metrics of the processes that the configuration names, read at their management ports. */
@Injectable()
export class WatchedServices {
  private readonly services: readonly { readonly service: string; readonly url: string }[];

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.services = config.watchedServices.map(toService);
  }

  read(): Promise<Watched[]> {
    return Promise.all(this.services.map((each) => this.measured(each)));
  }

  private async measured({ service, url }: { service: string; url: string }): Promise<Watched> {
    const answer = await exchange({
      ...{ method: 'GET', url: `${url}/metrics`, limitBytes: LIMIT_BYTES },
      timeoutMs: this.config.serviceTimeoutMs,
    });
    if (answer.outcome !== 'answered') return { service, reason: answer.reason };
    if (answer.status !== 200) return { service, reason: `its metrics answered ${answer.status}` };
    return { service, samples: samplesOf(answer.body.toString('utf8')) };
  }
}

/** The sum of the samples of a name; undefined where there is none. */
export function sumOf(samples: readonly Sample[], name: string): number | undefined {
  const values = samples.filter((sample) => sample.name === name).map(({ value }) => value);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

/** Prometheus' text form, as far as our own services write it. */
export function samplesOf(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value = ''] = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(/([a-z_][a-z0-9_]*)="((?:[^"\\]|\\.)*)"/gi)];
    const named = Object.fromEntries(pairs.map(([, label = '', content = '']) => [label, content]));
    return [{ name, labels: named, value: parseFloat(value.replace('Inf', 'Infinity')) }];
  });
}

function toService(text: string): { readonly service: string; readonly url: string } {
  const [, service, url] = /^([a-z0-9-]+)=(https?:\/\/\S+?)\/*$/.exec(text) ?? [];
  if (service !== undefined && url !== undefined) return { service, url };
  throw new Fault('configuration', `WATCHED_SERVICES must be <name>=<URL>,… (it has "${text}")`);
}
