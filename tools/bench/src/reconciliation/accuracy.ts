import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '@defter/embedded';
import type pg from 'pg';
import { type Figure } from '../figure.js';
import { faults } from './faults-of-books.js';
import { FaultyBooks } from './faulty-books.js';
import { runOnce, write } from './run-once.js';

const PRECISION = 0.99;
/** Services read the settings file again after so long. */
const SETTINGS_MS = 1_500;

interface Tally {
  /** Found and injected. */
  hits: number;
  found: number;
  injected: number;
}

const FOUND = `
  select finding_type || ' ' || coalesce(tx_id, nullif(provider_ref, ''), business_on::text, '') as text
    from finding where tenant_id = $1`;

/**
 * Precision and recall per finding type: of the findings, how many were injected; of the injected, how many
 * were found. Each seed is a tenant of its own on the same service.
 */
export const measureAccuracy = async (
  { stack, client, seeds }: { readonly stack: Stack; readonly client: pg.Client; readonly seeds: number },
  say: (line: string) => void,
): Promise<Figure[]> => {
  const tallies = new Map<string, Tally>();
  for (let seed = 1; seed <= seeds; seed++) {
    const tenant = stack.addTenant(`t_seed_${seed}`);
    await sleep(SETTINGS_MS);
    const { provider, id: connectionId } = tenant.connection;
    const books = new FaultyBooks(seed, faults);
    for (const table of books.tables({ tenantId: tenant.id, provider, connectionId }))
      await write(client, table);
    const { url } = stack.service('reconciliation');
    await runOnce({ url, token: tenant.apiKey, provider, connectionId });
    const { rows } = await client.query<{ text: string }>(FOUND, [tenant.id]);
    const wrong = count(
      tallies,
      rows.map(({ text }) => text),
      books.expected,
    );
    say(`Seed ${seed}: ${rows.length} findings${wrong.length === 0 ? '' : `; wrong: ${wrong.join(', ')}`}`);
  }
  return [...tallies].sort().flatMap(([type, tally]) => figuresOf(type, tally));
};

/** Adds one seed's outcome; returns what was missed or invented. */
const count = (
  tallies: Map<string, Tally>,
  found: readonly string[],
  expected: readonly string[],
): string[] => {
  const open = [...expected];
  const invented: string[] = [];
  const of = (text: string): Tally => {
    const type = text.split(' ')[0] ?? '';
    const tally = tallies.get(type) ?? { hits: 0, found: 0, injected: 0 };
    tallies.set(type, tally);
    return tally;
  };
  for (const text of expected) of(text).injected++;
  for (const text of found) {
    of(text).found++;
    const at = open.indexOf(text);
    if (at < 0) invented.push(`+${text}`);
    else of(open.splice(at, 1)[0] ?? '').hits++;
  }
  return [...invented, ...open.map((text) => `-${text}`)];
};

const figuresOf = (type: string, { hits, found, injected }: Tally): Figure[] => {
  const figure = (name: string, value: number, least: number): Figure => ({
    ...{ name: `${type}: ${name}`, value, unit: `of ${injected}`, reference: null, ratio: null },
    ...{ target: `≥ ${least}`, ok: value >= least },
  });
  return [
    figure('precision', found === 0 ? 1 : hits / found, PRECISION),
    figure('recall', injected === 0 ? 1 : hits / injected, 1),
  ];
};
