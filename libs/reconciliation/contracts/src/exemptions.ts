/** The register of exemptions is one file, charts/defter/exemptions.json, read by CI and by a job. */

export const exemptionKinds = ['secret', 'lint', 'audit', 'policy'] as const;
export type ExemptionKind = (typeof exemptionKinds)[number];

/** A rule that something may break for a while, because somebody says so. */
export interface Exemption {
  /** In kebab-case; no two have the same. */
  readonly id: string;
  readonly kind: ExemptionKind;
  /** What is exempted, from what: precise enough to see when it is gone. */
  readonly what: string;
  /** Who ends it: a person or a team that answers. */
  readonly owner: string;
  readonly reason: string;
  /** The date of the decision, and the last date on which it holds. */
  readonly since: string;
  readonly due: string;
}

/** What is needed for longer is no exemption but a rule, and is decided as one. */
export const LONGEST_EXEMPTION_DAYS = 30;

const DAY_MS = 86_400_000;
const MEMBERS = ['id', 'kind', 'what', 'owner', 'reason', 'since', 'due'] as const;

/** Those that are in order, and a sentence for each thing that is not. */
export interface ExemptionRegister {
  readonly exemptions: readonly Exemption[];
  readonly faults: readonly string[];
}

/** Reads the register's text. `{"exemptions": []}` is an empty one; nothing at all is a fault. */
export function readExemptions(text: string): ExemptionRegister {
  const listed = listIn(text);
  if (listed === undefined) return { exemptions: [], faults: ['The file must be {"exemptions": […]}'] };
  const faults = listed.flatMap((entry, index) => faultsOf(entry, `exemptions[${index}]`));
  const sound = listed.filter((entry, index) => faultsOf(entry, `${index}`).length === 0) as Exemption[];
  const twice = sound.filter(({ id }, index) => sound.findIndex((other) => other.id === id) < index);
  return { exemptions: sound, faults: [...faults, ...twice.map(({ id }) => `${id} stands there twice`)] };
}

/** Those whose last date is over on this one. */
export const overdueOn = (exemptions: readonly Exemption[], today: string): readonly Exemption[] =>
  exemptions.filter(({ due }) => due < today);

function listIn(text: string): readonly unknown[] | undefined {
  try {
    const content = JSON.parse(text) as { readonly exemptions?: unknown } | null;
    const names = Object.keys(content ?? {}).join();
    return names === 'exemptions' && Array.isArray(content?.exemptions) ? content.exemptions : undefined;
  } catch {
    return undefined;
  }
}

function faultsOf(entry: unknown, place: string): string[] {
  if (typeof entry !== 'object' || entry === null) return [`${place} is no object`];
  const members = entry as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(members).filter((name) => !MEMBERS.some((member) => member === name));
  const missing = MEMBERS.filter((name) => typeof members[name] !== 'string' || members[name] === '');
  if (unknown.length + missing.length > 0)
    return [
      ...unknown.map((name) => `${place} has ${name}, which nobody reads`),
      ...missing.map((name) => `${place} has no ${name}`),
    ];
  return faultsIn(members as unknown as Exemption, place);
}

function faultsIn({ id, kind, reason, since, due }: Exemption, place: string): string[] {
  const days = (Date.parse(due) - Date.parse(since)) / DAY_MS;
  const rules: readonly (readonly [boolean, string])[] = [
    [/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id), `${place}: the id must be in kebab-case`],
    [exemptionKinds.includes(kind), `${place}: the kind must be one of ${exemptionKinds.join(', ')}`],
    [reason.length >= 20, `${place}: the reason must be a sentence`],
    [isDate(since), `${place}: since must be a date such as 2026-01-31`],
    [isDate(due), `${place}: due must be a date such as 2026-01-31`],
    [
      !isDate(since) || !isDate(due) || (days >= 0 && days <= LONGEST_EXEMPTION_DAYS),
      `${place}: due must be within ${LONGEST_EXEMPTION_DAYS} days of since`,
    ],
  ];
  return rules.filter(([holds]) => !holds).map(([, sentence]) => sentence);
}

/** Whether a text is a date of the calendar, such as 2026-01-31. */
export const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString().startsWith(text);
