import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { CHECKOUT, promtool as promtoolPath, run } from '@defter/embedded';
import { parse } from 'yaml';
import { ofKind, type Manifest } from '../chart/manifest.js';
import { render } from '../chart/render.js';
import { exportedMetrics, metricsIn } from './exported-metrics.js';

const FOLDER = join(CHECKOUT, 'charts/defter/rules');
const FILES = ['objectives.yaml', 'alerts.yaml'];

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

const text = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const rulesOf = ({ groups }: Rules): Rule[] => groups.flatMap(({ rules }) => rules);
const kebab = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

describe('the alerts', () => {
  // In the order of the chart.
  const rules = FILES.flatMap((file) => rulesOf(parse(text(file)) as Rules));
  const alerts = rules.filter(({ alert }) => alert !== undefined);
  let promtool: string;
  beforeAll(async () => {
    promtool = await promtoolPath();
  }, 120_000);

  const says = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(promtool, args, { cwd: FOLDER });
    return code === 0 ? 'fine' : stdout + stderr;
  };

  it.each(FILES)('are rules that Prometheus takes: %s', async (file) => {
    expect(await says('check', 'rules', file)).toBe('fine');
  });

  it.each(['alerts.test.yaml', 'objectives.test.yaml'])(
    'are raised when they have to be, and not beside the limit: %s',
    async (file) => {
      expect(await says('test', 'rules', file)).toBe('fine');
    },
    300_000,
  );

  it('are each played in a test', () => {
    const played = text('alerts.test.yaml') + text('objectives.test.yaml');
    expect(alerts.filter(({ alert = '' }) => !played.includes(`alertname: ${alert}`))).toEqual([]);
  });

  it('read only what a service exports', () => {
    const exported = exportedMetrics();
    const read = rules.flatMap(({ expr }) => metricsIn(expr));
    expect(new Set(read).size).toBeGreaterThan(8);
    expect(read.filter((name) => !exported.has(name))).toEqual([]);
  });

  it('have a severity, a sentence, and a page that says what to do', () => {
    for (const { alert = '', labels, annotations } of alerts) {
      expect(['page', 'ticket']).toContain(labels?.severity);
      expect(annotations?.['summary']).toMatch(/\w+ \w+/);
      const page = join(CHECKOUT, 'docs/operating/runbooks', `${kebab(alert)}.md`);
      expect({ alert, page: existsSync(page) }).toEqual({ alert, page: true });
      const runbook = readFileSync(page, 'utf8');
      for (const part of ['## What it means', '## Look', '## Do']) expect(runbook).toContain(part);
    }
  });

  it('come with the chart, each with the address of its page', async () => {
    const [made] = ofKind(await render('full'), 'PrometheusRule') as (Manifest & { spec: Rules })[];
    const inChart = made === undefined ? [] : rulesOf(made.spec);
    expect(inChart.map(({ expr }) => expr)).toEqual(rules.map(({ expr }) => expr));
    const addresses = inChart
      .filter(({ alert }) => alert !== undefined)
      .map(({ annotations }) => annotations?.['runbook_url']);
    expect(addresses).toEqual(
      alerts.map(({ alert = '' }) => `https://wiki.example.org/defter/${kebab(alert)}.md`),
    );
  });
});

describe('the check of metrics', () => {
  it('finds names in an expression, without labels, functions and recorded ones', () => {
    const expression =
      'sum by (le) (rate(defter_a_bucket{x="defter_y"}[5m])) / defter:b:c > defter_d_total or up == 0';
    expect(metricsIn(expression)).toEqual(['defter_a_bucket', 'defter_d_total', 'up']);
  });

  it('knows what is there, and misses what is not', () => {
    const exported = exportedMetrics();
    expect(exported.has('defter_http_request_seconds_bucket')).toBe(true);
    expect(exported.has('defter_http_requests_total')).toBe(false);
  });
});
