import { createHash } from 'node:crypto';
import type { Connection } from '@defter/platform';
import { to } from 'pg-copy-streams';

/** A digest of rows, and of how many. */
export interface TableDigest {
  readonly rows: number;
  /** SHA-256 in hex. */
  readonly sha256: string;
}

const LINE_FEED = 10;

/**
 * The digest of a query's rows: SHA-256 over what `copy (<query>) to stdout` gives, so that anyone can make
 * it with psql and sha256sum. The query must name its order, in collation "C". The rows stream through:
 * memory stays small. The session's time zone must be UTC.
 */
export const digestOf = async (connection: Connection, query: string): Promise<TableDigest> => {
  const hash = createHash('sha256');
  let rows = 0;
  const stream = connection.client.query(to(`copy (${query}) to stdout`));
  for await (const chunk of stream) {
    const bytes = chunk as Buffer;
    hash.update(bytes);
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) rows += 1;
  }
  endTimer(stream);
  return { rows, sha256: hash.digest('hex') };
};

/** The client's time limit for an answer ends with the query's callback, which a COPY doesn't call itself. */
const endTimer = (query: object): void => (query as { callback?: () => void }).callback?.();
