import { expect } from '@jest/globals';
import type { Finding } from './findings.js';

/** A change of rows, and one finding that it must give. */
export type Case = readonly [sql: string, finding: Partial<Finding>];

/** The rows of the ledger. */
export const where = 'where ledger_id = $1';
/** A finding with at least this. */
export const of = (
  table: string,
  kind: Finding['kind'],
  at: object,
  more: object = {},
): Partial<Finding> => ({
  table,
  kind,
  at: expect.objectContaining(at) as object,
  ...more,
});
