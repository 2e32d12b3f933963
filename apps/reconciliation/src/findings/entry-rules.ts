import type { Queryable } from '@defter/platform';
import { assetOfCurrency, type MoneyResolution } from '@defter/reconciliation-domain';
import type { FindingRecord } from './finding.js';
import type { Entry } from './proposal-row.js';

/** What is wrong with an entry; entries are counted from 0. */
export interface EntryFault {
  readonly entry: number;
  readonly reason: string;
}

/** Where a write-off ends: payments books its losses there, too. */
const LOSSES = 'fees:losses';

/** Accounts that a correction may be the first to use. */
const alwaysThere = (connectionId: string): readonly string[] => [
  ...[LOSSES, 'fees:provider', `psp:${connectionId}:receivable`, `bank:${connectionId}`],
];

const KNOWN = `
  select wanted.account
    from unnest($3::text[]) as wanted (account)
   where exists (select from journal_entry j where j.tenant_id = $1 and j.ledger = $2
                    and j.source = wanted.account and j.asset = $4)
      or exists (select from journal_entry j where j.tenant_id = $1 and j.ledger = $2
                    and j.destination = wanted.account and j.asset = $4)`;

/** The money that a finding is about: its difference without sign, and what the ledger calls its currency. */
export interface AtStake {
  readonly difference: bigint;
  readonly asset: string;
}

/** Nothing for findings that no figure is known of. */
export function atStakeOf({ risk_inputs }: Pick<FindingRecord, 'risk_inputs'>): AtStake | undefined {
  const { atStake, currency } = risk_inputs as { readonly atStake?: string; readonly currency?: string };
  if (atStake === undefined || currency === undefined || currency === '') return undefined;
  const amount = BigInt(atStake);
  return { difference: amount < 0n ? -amount : amount, asset: assetOfCurrency(currency) };
}

export const sumOf = (entries: readonly Entry[]): bigint =>
  entries.reduce((sum, { amount }) => sum + BigInt(amount), 0n);

/** The same entries the other way round, last first. */
export const mirrored = (entries: readonly Entry[]): Entry[] =>
  entries
    .map(({ source, destination, ...money }) => ({ source: destination, destination: source, ...money }))
    .reverse();

/**
 * What is wrong with entries for a finding, by our own copy of the journal: nobody waits for another service
 * here, and an account that stands in it is certain to exist. Funds are the ledger's to look at.
 */
export async function faultsOf(
  database: Queryable,
  {
    tenant_id,
    connection_id,
    ledger,
    asset,
  }: Pick<FindingRecord, 'tenant_id' | 'connection_id'> &
    Pick<AtStake, 'asset'> & { readonly ledger: string },
  resolution: MoneyResolution,
  entries: readonly Entry[],
): Promise<EntryFault[]> {
  const named = [...new Set(entries.flatMap(({ source, destination }) => [source, destination]))];
  const rows = await database.query<{ account: string }>(KNOWN, [tenant_id, ledger, named, asset]);
  const known = new Set([...alwaysThere(connection_id), ...rows.map(({ account }) => account)]);
  return entries.flatMap((entry, index) =>
    reasons(entry, resolution, { asset, known }).map((reason) => ({ entry: index, reason })),
  );
}

function reasons(
  { source, destination, amount, asset: its }: Entry,
  resolution: MoneyResolution,
  { asset, known }: { readonly asset: string; readonly known: ReadonlySet<string> },
): string[] {
  const unknown = [source, destination].filter((account) => account !== 'world' && !known.has(account));
  const losses = [source, destination].filter((account) => account === LOSSES).length;
  const rules: [boolean, string][] = [
    [its !== asset, `The finding is about ${asset}, the entry about ${its}`],
    [amount === '0', 'An entry moves more than nothing'],
    [source === destination, 'Source and destination are the same account'],
    [
      source === 'world' || destination === 'world',
      'world is the outside: a correction makes no money, and destroys none',
    ],
    [
      unknown.length > 0,
      `No entry of ${asset} has ever used ${unknown.join(' and ')}: look for a typing error`,
    ],
    [resolution === 'write_off' && losses !== 1, `A write-off has ${LOSSES} on one side of each entry`],
  ];
  return rules.filter(([isWrong]) => isWrong).map(([, reason]) => reason);
}
