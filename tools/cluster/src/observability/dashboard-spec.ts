/** One panel: a question about one number over time. */
export interface PanelSpec {
  readonly title: string;
  /** Grafana's name of a unit. */
  readonly unit: string;
  readonly expr: string;
  readonly legend: string;
  /** What a person should read from it. */
  readonly about: string;
}

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

/** A panel; `rest` is the legend and what a person should read from it. */
export const panel = (
  title: string,
  unit: string,
  expr: string,
  rest: readonly [legend: string, about: string],
): PanelSpec => ({
  title,
  unit,
  expr,
  legend: rest[0],
  about: rest[1],
});
