import type { Endpoint, KnownIds } from './bad-endpoints.js';
import { tokens } from './test-payments.js';

export interface BadCase {
  readonly what: string;
  readonly expected: number;
  readonly path?: string;
  readonly raw?: string;
  readonly token?: string;
  readonly key?: string | null;
}

/** Wrong bodies of every kind. */
export const bodiesOf = (
  { body, required = [], fields = {} }: Endpoint,
  ids: KnownIds,
): readonly BadCase[] => {
  const good = body?.(ids);
  if (good === undefined) return [];
  const bad = (what: string, change: object): BadCase => ({
    ...{ what, raw: JSON.stringify({ ...good, ...change }), expected: 400 },
  });
  const nul = (field: string): BadCase => ({
    what: `NUL in ${field}`,
    raw: JSON.stringify({ ...good, [field]: '@' }).replace('"@"', '"a\\u0000b"'),
    expected: 400,
  });
  return [
    bad('an unknown field', { extra: 1 }),
    ...required.map((field) => bad(`no ${field}`, { [field]: undefined })),
    ...required.map((field) => bad(`null for ${field}`, { [field]: null })),
    ...Object.entries(fields).flatMap(([field, values]) =>
      values.map((value) => bad(`${field} ${JSON.stringify(value)?.slice(0, 40)}`, { [field]: value })),
    ),
    ...Object.keys(fields).map(nul),
    { what: 'no JSON', raw: '{"amount_minor":', expected: 400 },
    { what: 'a list', raw: '[]', expected: 400 },
    { what: 'a field twice', raw: '{"a":1,"a":2}', expected: 400 },
    { what: '2 MB', raw: JSON.stringify({ ...good, x: 'y'.repeat(2_000_000) }), expected: 413 },
    { what: 'no Idempotency-Key', raw: JSON.stringify(good), key: null, expected: 400 },
    { what: 'a wrong Idempotency-Key', raw: JSON.stringify(good), key: 'a b', expected: 400 },
  ];
};

/** Callers who may not, and things that are not there. */
export const addressesOf = ({ route, path, body }: Endpoint, ids: KnownIds): readonly BadCase[] => {
  const raw = body === undefined ? undefined : JSON.stringify(body(ids));
  const asked = raw === undefined ? {} : { raw };
  const unknown = (id: string): BadCase => ({
    ...{ what: `the id ${id.slice(0, 40)}`, ...asked, expected: 404 },
    path: path({ pi: id, re: id, st: id }),
  });
  const near = (id: string): string => `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
  return [
    { what: 'no token', ...asked, token: '', expected: 401 },
    { what: 'an unknown token', ...asked, token: 'dk_nobody', expected: 401 },
    { what: 'no scope', ...asked, token: tokens.powerless, expected: 403 },
    ...(route.includes(':id')
      ? ['x', '%00', '..', 'a'.repeat(900), near(ids.pi), near(ids.re), near(ids.st)].map(unknown)
      : []),
  ];
};
