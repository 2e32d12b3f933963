import type { Database, Transaction } from '@defter/platform';

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Node[];
}

const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Stands for a database or transaction; every statement is planned in place of being run. */
export class PlanRecorder {
  /** Tables that a statement would read from end to end. */
  readonly seqScans: string[] = [];
  /** Indexes that were planned with. */
  readonly indexes: string[] = [];
  /** To pass for a transaction. */
  readonly tx = this as unknown as Transaction;

  constructor(private readonly database: Database) {}

  async query(sql: string, parameters: readonly unknown[] = []): Promise<[]> {
    const [row] = await this.database.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
      `explain (format json) ${sql}`,
      parameters as never,
    );
    const root = row?.['QUERY PLAN'][0].Plan;
    if (root === undefined) throw new Error('no plan');
    for (const node of nodesOf(root)) {
      if (node['Node Type'] === 'Seq Scan') this.seqScans.push(node['Relation Name'] ?? '?');
      if (node['Index Name'] !== undefined) this.indexes.push(node['Index Name']);
    }
    return [];
  }

  signal(): void {
    // Nobody listens.
  }
}
