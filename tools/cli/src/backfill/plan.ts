import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { BalancesFile, OpeningBalance } from './balances-file.js';

/** Which ledger, and where it is. */
export interface Place {
  readonly url: string;
  readonly tenantId: string;
  readonly ledger: string;
}

/** A line with what the ledger said at the dry run. */
export interface PlannedBalance extends OpeningBalance {
  readonly ours: bigint;
}

/** What a dry run found. A real run books exactly this, so that a repeated line is the same request again. */
export interface Plan {
  readonly place: Place;
  readonly sha256: string;
  readonly balances: readonly PlannedBalance[];
}

const fileOf = (folder: string, { url, tenantId, ledger }: Place, sha256: string): string => {
  const name = createHash('sha256')
    .update([url, tenantId, ledger, sha256].join('\n'))
    .digest('hex')
    .slice(0, 32);
  return join(folder, 'backfill', `${name}.json`);
};

/** Keeps a plan, in one step: a killed dry run leaves none. */
export const keepPlan = (folder: string, plan: Plan): void => {
  const file = fileOf(folder, plan.place, plan.sha256);
  mkdirSync(join(folder, 'backfill'), { recursive: true });
  const text = JSON.stringify(plan, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  writeFileSync(`${file}.${process.pid}`, `${text}\n`, { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
};

/** The plan of this very content for this very ledger; undefined when there was no dry run. */
export const planOf = (folder: string, place: Place, { sha256 }: BalancesFile): Plan | undefined => {
  const file = fileOf(folder, place, sha256);
  if (!existsSync(file)) return undefined;
  const { balances } = JSON.parse(readFileSync(file, 'utf8')) as {
    balances: { line: number; account: string; asset: string; theirs: string; ours: string }[];
  };
  return {
    place,
    sha256,
    balances: balances.map((each) => ({ ...each, theirs: BigInt(each.theirs), ours: BigInt(each.ours) })),
  };
};
