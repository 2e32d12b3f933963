import { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { DASHBOARDS } from './dashboard-list.js';
import type { DashboardSpec, PanelSpec } from './dashboard-spec.js';

const COLUMNS = 24;
const WIDTH = 12;
const HEIGHT = 8;

/** Grafana's JSON of each dashboard, by its uid. */
export function dashboardFiles(): Record<string, string> {
  return Object.fromEntries(
    DASHBOARDS.map((spec) => [spec.uid, `${JSON.stringify(dashboardOf(spec), null, 1)}\n`]),
  );
}

function dashboardOf({ uid, title, panels }: DashboardSpec): object {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .tags(['defter'])
    .refresh('1m')
    .time({ from: 'now-6h', to: 'now' })
    .timezone('browser')
    .readonly();
  panels.forEach((panel, index) => {
    const x = (index * WIDTH) % COLUMNS;
    const y = Math.floor((index * WIDTH) / COLUMNS) * HEIGHT;
    builder.withPanel(panelOf(panel).gridPos({ x, y, w: WIDTH, h: HEIGHT }));
  });
  return builder.build();
}

function panelOf({ title, unit, expr, legend, about }: PanelSpec): PanelBuilder {
  const query = new DataqueryBuilder().expr(expr).legendFormat(legend).refId('A');
  return new PanelBuilder().title(title).description(about).unit(unit).min(0).withTarget(query);
}
