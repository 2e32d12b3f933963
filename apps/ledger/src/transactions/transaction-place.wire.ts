import { numberPlace, textPlace } from '../list-page.js';
import { toInstant } from '../instant.js';
import type { TransactionPlace } from './transaction-list.read.js';

/** The inside of a cursor of transactions. @throws Error for anything else */
export const toTransactionPlace = (place: unknown): TransactionPlace => {
  const { id, sequence, timestamp } = place as Record<string, unknown>;
  return {
    id: numberPlace(id),
    sequence: numberPlace(sequence),
    timestamp: toInstant(textPlace(timestamp), ['query', 'cursor']),
  };
};
