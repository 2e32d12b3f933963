import { createHash } from 'node:crypto';
import { chainedHead, eventLeaf, GENESIS_HEAD, merkleRoot } from '@defter/ledger-domain';

/** A line of an export, as far as somebody who makes one up has to know it. */
export interface ForgedLine {
  type: string;
  date: string;
  id: number;
  batch: number;
  idempotencyKey?: string;
  defter: { batch: number; type: string; payload: string };
}

/**
 * An export that was changed by somebody who knows how its hashes are made: roots, chain and end are right.
 */
export const forged = (text: string, change: (line: ForgedLine) => void): string => {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  let head = GENESIS_HEAD;
  let leaves: Buffer[] = [];
  for (const line of lines) {
    change(line as unknown as ForgedLine);
    const { id, date, defter, idempotencyKey = null } = line as unknown as ForgedLine;
    if (line.defter !== undefined) {
      const { type, payload } = defter;
      leaves.push(eventLeaf({ sequence: id, type, recordedAt: date, idempotencyKey, payload }));
    } else if (line.type === 'DEFTER_BATCH') {
      const root = merkleRoot(leaves);
      const { first, last } = line as { first?: number; last?: number };
      head = chainedHead(head, first ?? 0, last ?? 0, root);
      Object.assign(line, { root: root.toString('hex'), hash: head.toString('hex') });
      leaves = [];
    }
  }
  Object.assign(lines[0] ?? {}, { hash: head.toString('hex') });
  const before = lines.slice(0, -1).map((line) => `${JSON.stringify(line)}\n`);
  const sha256 = createHash('sha256').update(before.join('')).digest('hex');
  return `${before.join('')}${JSON.stringify({ ...lines.at(-1), lines: before.length, sha256 })}\n`;
};
