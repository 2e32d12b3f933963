import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CHECKOUT, promtool, run } from '@defter/embedded';
import { parse } from 'yaml';
import { ofKind } from '../chart/manifest.js';
import { render } from '../chart/render.js';
import { DASHBOARDS } from './dashboard-list.js';
import { dashboardFiles } from './dashboards.js';
import { exportedMetrics, metricsIn } from './exported-metrics.js';

const panels = DASHBOARDS.flatMap((dashboard) => dashboard.panels);

/** What Prometheus says of these expressions, each as a rule of its own. */
async function saysPrometheus(expressions: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'defter-queries-'));
  const rules = expressions.map((expr, index) => ({ record: `panel:${index}`, expr }));
  writeFileSync(join(folder, 'rules.json'), JSON.stringify({ groups: [{ name: 'panels', rules }] }));
  const { code, stdout, stderr } = await run(await promtool(), [
    'check',
    'rules',
    join(folder, 'rules.json'),
  ]);
  rmSync(folder, { recursive: true });
  return code === 0 ? 'fine' : stdout + stderr;
}

describe('the dashboards', () => {
  it('ask what Prometheus understands', async () => {
    expect(await saysPrometheus(panels.map(({ expr }) => expr))).toBe('fine');
    expect(await saysPrometheus(['sum by (a (b)'])).toContain('parse error');
  }, 120_000);

  it('read only what a service exports or a rule records', () => {
    const exported = exportedMetrics();
    expect(panels.flatMap(({ expr }) => metricsIn(expr)).filter((name) => !exported.has(name))).toEqual([]);
    const recorded = ['objectives.yaml', 'alerts.yaml'].flatMap((name) => {
      const rules = readFileSync(join(CHECKOUT, 'charts/defter/rules', name), 'utf8');
      const { groups } = parse(rules) as { groups: { rules: { record?: string }[] }[] };
      return groups.flatMap((group) => group.rules.map(({ record }) => record));
    });
    const read = panels.flatMap(({ expr }) => expr.match(/defter:[a-z0-9_:]+/g) ?? []);
    expect(read.length).toBeGreaterThan(2);
    expect(read.filter((name) => !recorded.includes(name))).toEqual([]);
  });

  it('show each panel once, beside or below the others', () => {
    for (const text of Object.values(dashboardFiles())) {
      const { panels: shown } = JSON.parse(text) as {
        panels: { title: string; gridPos: { x: number; y: number } }[];
      };
      const places = shown.map(({ gridPos: { x, y } }) => `${x},${y}`);
      expect(new Set(places).size).toBe(shown.length);
      expect(new Set(shown.map(({ title }) => title)).size).toBe(shown.length);
    }
  });

  it('come with the chart, unchanged', async () => {
    const maps = ofKind(await render('full'), 'ConfigMap').filter(
      ({ metadata }) => metadata.labels?.['grafana_dashboard'],
    );
    const inChart = Object.assign({}, ...maps.map(({ data }) => data)) as Record<string, string>;
    const made = Object.entries(dashboardFiles()).map(([uid, text]) => [
      `${uid}.json`,
      JSON.parse(text) as unknown,
    ]);
    const found = Object.entries(inChart).map(([name, text]) => [name, JSON.parse(text) as unknown]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(made));
  });
});
