import { Injectable } from '@nestjs/common';
import { budgetOf, measuredQuery, type Objective, over } from '@defter/reconciliation-contracts';
import { Prometheus, type Series } from './prometheus.js';
import type { SloOutcome } from './slo-content.js';
import { HOUR_SECONDS, type Measured, partOf, POINT_SECONDS, type Span } from './slo-figures.js';

/** Asks Prometheus about an objective, over a week that is over. */
@Injectable()
export class SloMeasurements {
  constructor(private readonly prometheus: Prometheus) {}

  /** Each part that the objective has, also those that nobody measured. @throws CouldNotLook */
  async outcome(objective: Objective, span: Span): Promise<SloOutcome> {
    const { name, target, by, measuredBy } = objective;
    const parts = by === null ? [null] : measuredBy;
    const series = await this.ask(objective, span);
    const budget = budgetOf(objective);
    const measured = parts.map((part) => measuredOf(part, by, series));
    return { name, target, parts: measured.map((each) => partOf(each, span, budget)) };
  }

  private async ask(objective: Objective, { from, until }: Span): Promise<Asked> {
    const hours = { first: from + HOUR_SECONDS, last: until, step: HOUR_SECONDS };
    const points = { first: from + POINT_SECONDS, last: until, step: POINT_SECONDS };
    const [hour, week] = [`${HOUR_SECONDS}s`, `${until - from}s`];
    const { all, bad } = objective;
    return {
      points: await this.prometheus.over(measuredQuery(objective), points),
      hourlyAll: await this.prometheus.over(over(all, hour), hours),
      hourlyBad: await this.prometheus.over(over(bad, hour), hours),
      weeklyAll: await this.prometheus.at(over(all, week), until),
      weeklyBad: await this.prometheus.at(over(bad, week), until),
    };
  }
}

type Asked = Readonly<
  Record<'points' | 'hourlyAll' | 'hourlyBad' | 'weeklyAll' | 'weeklyBad', readonly Series[]>
>;

function measuredOf(part: string | null, by: Objective['by'], asked: Asked): Measured {
  const of = (series: readonly Series[]): ReadonlyMap<number, number> =>
    series.find(({ labels }) => by === null || labels[by] === part)?.values ?? new Map();
  const only = (series: readonly Series[]): number | undefined => [...of(series).values()][0];
  return {
    part,
    points: new Set(of(asked.points).keys()),
    hourly: { all: of(asked.hourlyAll), bad: of(asked.hourlyBad) },
    weekly: { all: only(asked.weeklyAll), bad: only(asked.weeklyBad) },
  };
}
