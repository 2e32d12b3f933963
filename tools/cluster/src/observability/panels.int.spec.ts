import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHECKOUT, type PrometheusServer, startPrometheus } from '@defter/embedded';
import { eventually } from '@defter/testing';
import { DASHBOARDS } from './dashboard-list.js';
import { panelData } from './panel-data.fixture.js';

const dir = mkdtempSync(join(tmpdir(), 'defter-panels-'));
const rules = ['objectives.yaml', 'alerts.yaml'].map((name) => join(CHECKOUT, 'charts/defter/rules', name));
let prometheus: PrometheusServer;

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

const samplesOf = async (expr: string): Promise<readonly Sample[]> => {
  const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(expr)}`);
  const { data, error } = (await answer.json()) as { data?: { result: Sample[] }; error?: string };
  if (data === undefined) throw new Error(`${expr}: ${error ?? answer.status}`);
  return data.result;
};
const figure = async (expr: string): Promise<number> => {
  const [sample] = await samplesOf(expr);
  return parseFloat(sample?.value[1] ?? 'NaN');
};

beforeAll(async () => {
  prometheus = await startPrometheus({ dir, history: panelData(Date.now()), rules });
  // Recorded by rules of the chart as they are; something of the day raises an alert.
  await eventually(async () => {
    expect((await samplesOf('defter:slo_errors:ratio_rate3d')).length).toBeGreaterThanOrEqual(5);
    expect((await samplesOf('ALERTS{alertname="DefterOperationUnknown"}')).length).toBe(1);
  });
}, 120_000);
afterAll(async () => {
  await prometheus.stop();
  rmSync(dir, { recursive: true });
});

describe.each(DASHBOARDS)('the dashboard $title', ({ panels }) => {
  it.each(panels)('$title: shows figures, each with its legend', async ({ expr, legend }) => {
    const samples = await samplesOf(expr);
    expect(samples.length).toBeGreaterThan(0);
    expect(samples.filter(({ value }) => !Number.isFinite(parseFloat(value[1])))).toEqual([]);
    const labels = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
    // Some objectives have no service.
    const named = labels.filter((label) => samples.some(({ metric }) => metric[label] !== undefined));
    expect(named).toEqual(labels);
  });
});

describe('what panels say', () => {
  const panel = (title: string): string => {
    const found = DASHBOARDS.flatMap(({ panels }) => panels).find((each) => each.title === title);
    if (found === undefined) throw new Error(`no panel ${title}`);
    return found.expr;
  };

  it('is the conversion of deposits: 0.75 succeed of 1 created, 0.7 of 0.8 at the one provider', async () => {
    expect(await figure(panel('Deposits that succeed, of those created'))).toBeCloseTo(0.75, 2);
    const byProvider = await samplesOf(panel('Deposits that succeed, of those confirmed: by provider'));
    expect(byProvider.map(({ metric }) => metric['provider']).sort()).toEqual(['mock-psp', 'stripe']);
    const stripe = byProvider.find(({ metric }) => metric['provider'] === 'stripe');
    expect(parseFloat(stripe?.value[1] ?? '')).toBeCloseTo(0.875, 2);
  });

  it('is the budget that is left: half a thousandth of a thousandth fails', async () => {
    const left = panel('Error budget that is left, of 3 days').replaceAll(
      'ratio_rate3d',
      'ratio_rate3d{slo="availability"}',
    );
    expect(await figure(left)).toBeCloseTo(0.5, 2);
  });

  it('is nothing below 0 and no budget above the whole', async () => {
    const left = await samplesOf(panel('Error budget that is left, of 3 days'));
    expect(left.filter(({ value }) => parseFloat(value[1]) > 1)).toEqual([]);
  });
});
