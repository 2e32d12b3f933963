// Recording rules and burn-rate alerts of every objective: multiple windows, multiple burn rates, as Google's
// SRE workbook (chapter 5, table 5-8) and Sloth make them.
import { budgetOf, type Objective, objectives, over } from '@defter/reconciliation-contracts';
import { stringify } from 'yaml';

const HEADER = `# Made from libs/reconciliation/contracts/src/objectives.ts (./defter cluster generate):
# a test compares them, and objectives.test.yaml plays the alerts.
# An error budget of 30 days that burns 14.4 times too fast is gone in two days.
`;

/** Both windows must burn: the long one that it matters, the short one that it still does. */
interface Burn {
  readonly long: string;
  readonly short: string;
  readonly seconds: number;
  readonly factor: number;
  readonly speed: 'Fast' | 'Slowly';
}

const HOUR = 3_600;

const burns: readonly Burn[] = [
  { long: '1h', short: '5m', seconds: HOUR, factor: 14.4, speed: 'Fast' },
  { long: '6h', short: '30m', seconds: 6 * HOUR, factor: 6, speed: 'Fast' },
  { long: '1d', short: '2h', seconds: 24 * HOUR, factor: 3, speed: 'Slowly' },
  { long: '3d', short: '6h', seconds: 72 * HOUR, factor: 1, speed: 'Slowly' },
];

const WINDOWS = [...new Set(burns.flatMap(({ short, long }) => [short, long]))];

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: { readonly summary: string };
}

/** The file of the chart. */
export function objectiveRules(): string {
  const groups = objectives.map((objective) => ({
    name: `defter-slo-${objective.name}`,
    rules: [...recorded(objective), ...alerts(objective)],
  }));
  return HEADER + stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The alerts of an objective by their names. */
export const alertName = ({ name }: Pick<Objective, 'name'>, speed: Burn['speed']): string =>
  `Defter${name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Burns${speed}`;

function recorded({ name, target, bad, all, leastEvents }: Objective): Rule[] {
  const labels = { slo: name };
  const ratios = WINDOWS.map((window) => {
    const [part, whole] = [over(bad, window), over(all, window)];
    // Nothing bad yet is 0, nothing at all is no figure.
    return { record: errorsOver(window), expr: `((${part}) or 0 * (${whole})) / (${whole})`, labels };
  });
  const counted = leastEvents === 0 ? [] : burns;
  const counts = counted.map(({ long }) => ({ record: eventsOver(long), expr: over(all, long), labels }));
  return [{ record: 'defter:slo:target', expr: `vector(${target})`, labels }, ...ratios, ...counts];
}

const errorsOver = (window: string): string => `defter:slo_errors:ratio_rate${window}`;
const eventsOver = (window: string): string => `defter:slo_events:rate${window}`;

const alerts = (objective: Objective): Rule[] =>
  burns
    .filter(({ speed }) => objective.pages || speed === 'Slowly')
    .map((burn) => {
      const { name, trouble } = objective;
      const { long, factor, speed } = burn;
      return {
        alert: alertName(objective, speed),
        expr: burning(objective, burn),
        labels: { slo: name, severity: speed === 'Fast' ? 'page' : 'ticket', window: long },
        annotations: { summary: `${trouble}: over ${long}, ${factor} times what the objective allows` },
      };
    });

function burning(objective: Objective, { long, short, seconds, factor }: Burn): string {
  const { name, leastEvents } = objective;
  const limit = `${factor} * ${budgetOf(objective)}`;
  const of = (series: string): string => `${series}{slo="${name}"}`;
  const both = [long, short].map((window) => `${of(errorsOver(window))} > ${limit}`).join(' and ');
  if (leastEvents === 0) return both;
  return `${both} and ${of(eventsOver(long))} * ${seconds} >= ${leastEvents}`;
}
