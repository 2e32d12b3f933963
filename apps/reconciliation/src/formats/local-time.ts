/** Abbreviations that reports use, as zones that have rules. Source: the IANA time zone database. */
const abbreviations: Readonly<Record<string, string>> = {
  ...{ UTC: 'UTC', GMT: 'UTC', Z: 'UTC', CET: 'Europe/Amsterdam', CEST: 'Europe/Amsterdam' },
  ...{ TRT: 'Europe/Istanbul', BST: 'Europe/London', EST: 'America/New_York', PST: 'America/Los_Angeles' },
};

/** `2026-01-31 10:00:00`, `2026-01-31T10:00:00Z`, `31.01.2026 10:00`, `31/01/2026`, `2026-01-31`. */
const CLOCK = '(?<time>\\d{2}:\\d{2}(?::\\d{2})?)(?:\\.\\d+)?(?<offset>Z|[+-]\\d{2}:?\\d{2})?';
const forms = [
  new RegExp(`^(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})(?:[T ]${CLOCK})?$`),
  new RegExp(`^(?<day>\\d{2})[./](?<month>\\d{2})[./](?<year>\\d{4})(?: ${CLOCK})?$`),
];

/** A time as it stands in a file, with its date there; undefined when it is none. */
export function localTime(text: string, zone: string): { at: string; on: string } | undefined {
  const found = forms.map((form) => form.exec(text.trim())?.groups).find((groups) => groups !== undefined);
  if (found === undefined) return undefined;
  const on = [found['year'], found['month'], found['day']].join('-');
  const clock = `${found['time'] ?? '00:00'}:00`.slice(0, 8);
  const at = instantOf({ on, clock, offset: found['offset'] }, zone);
  return at === undefined || Number.isNaN(at.getTime()) ? undefined : { at: at.toISOString(), on };
}

interface Shown {
  readonly on: string;
  readonly clock: string;
  readonly offset: string | undefined;
}

function instantOf({ on, clock, offset }: Shown, zone: string): Date | undefined {
  const asUtc = new Date(`${on}T${clock}Z`);
  // A date such as 31 February is another day once it was read.
  if (Number.isNaN(asUtc.getTime()) || !asUtc.toISOString().startsWith(on)) return undefined;
  return offset === undefined ? inZone(asUtc, zone) : new Date(`${on}T${clock}${offset}`);
}

/** The instant at which clocks of the zone show this time; of two in autumn the first. */
function inZone(shown: Date, zone: string): Date | undefined {
  const name = abbreviations[zone] ?? zone;
  try {
    const first = new Date(shown.getTime() - offsetMs(shown, name));
    return new Date(shown.getTime() - offsetMs(first, name));
  } catch {
    return undefined; // no such zone
  }
}

function offsetMs(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    .formatToParts(at)
    .reduce<Record<string, string>>((all, { type, value }) => ({ ...all, [type]: value }), {});
  const { year, month, day, hour, minute, second } = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - at.getTime();
}
