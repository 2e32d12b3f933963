/** A seeded ledger for tests of lists, and what the database does for each statement. */
import type { Database } from '@defter/platform';
import { seedLedger } from '@defter/testing';
import type { TestLedger } from './ledger.fixture.js';

/** Opens a ledger of the first tenant and fills it. */
export const seeded = async (ledger: TestLedger, name: string, transactions: number): Promise<number> => {
  await ledger.open(name);
  const [row] = await ledger.database.database.query<{ ledger_id: number }>(
    'select ledger_id from ledger where name = $1',
    [name],
  );
  const ledgerId = row?.ledger_id ?? 0;
  const endsAt = new Date('2026-06-30T12:00:00Z');
  await seedLedger({ url: ledger.database.adminUrl, ledgerId, transactions, endsAt });
  return ledgerId;
};

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Node[];
}

/** What one statement did. */
export interface Plan {
  readonly sql: string;
  /** Tables that were read from end to end. */
  readonly seqScans: readonly string[];
  /** Rows that were looked at, fit or not. */
  readonly rowsRead: number;
  /** Rows of the largest sort. */
  readonly rowsSorted: number;
  readonly text: string;
}

const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const read = (node: Node): number => {
  if (!node['Node Type'].includes('Scan') || node['Relation Name'] === undefined) return 0;
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return (node['Actual Rows'] + removed) * node['Actual Loops'];
};

const toPlan = (sql: string, root: Node): Plan => {
  const nodes = nodesOf(root);
  const sorts = nodes.filter((node) => node['Node Type'] === 'Sort');
  return {
    sql,
    seqScans: nodes.flatMap((node) =>
      node['Node Type'] === 'Seq Scan' ? (node['Relation Name'] ?? []) : [],
    ),
    rowsRead: Math.round(nodes.reduce((sum, node) => sum + read(node), 0)),
    // The rows that come into a sort, not those that a limit lets out of it.
    rowsSorted: Math.max(
      0,
      ...sorts.map(({ Plans: [input] = [] }) =>
        input === undefined ? 0 : input['Actual Rows'] * input['Actual Loops'],
      ),
    ),
    text: JSON.stringify(root, null, 1),
  };
};

/** Runs every statement and keeps its plan. */
export class PlanRecorder {
  readonly plans: Plan[] = [];

  constructor(private readonly database: Database) {}

  async query<R extends object>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
    const [row] = await this.database.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
      `explain (analyze, format json, timing off) ${sql}`,
      parameters,
    );
    const root = row?.['QUERY PLAN'][0].Plan;
    if (root !== undefined) this.plans.push(toPlan(sql, root));
    return this.database.query<R>(sql, parameters);
  }

  /** As what the readers ask for. */
  get asDatabase(): Database {
    return this as unknown as Database;
  }
}
