/**
 * The lines of an export, one JSON document each: `DEFTER_EXPORT`, then every event as an entry of the log,
 * after the last of each batch its `DEFTER_BATCH`, then a `DEFTER_REFUSED_KEY` for each, then `DEFTER_END`.
 * An entry has the members that ledger users know, and under `defter` what an exact restore needs. See
 * docs/guides/export-and-restore.md.
 */
import { RawJson, writeJson } from '@defter/platform';

export const EXPORT_VERSION = 1;

export interface Snapshot {
  readonly sequence: number;
  readonly batch: number;
  /** Chained hash of the last batch, in hex. */
  readonly hash: string;
  readonly at: string;
}

export interface ExportedEvent {
  readonly sequence: number;
  readonly batch: number;
  readonly type: string;
  readonly key: string | null;
  /** Hex. */
  readonly fingerprint: string | null;
  readonly payload: string;
  readonly recordedAt: string;
}

export interface ExportedBatch {
  readonly batch: number;
  readonly first: number;
  readonly last: number;
  readonly root: string;
  readonly hash: string;
  readonly at: string;
}

export interface RefusedKey {
  readonly key: string;
  readonly fingerprint: string;
  /** JSON. */
  readonly refusal: string;
  readonly at: string;
}

/** `rules` is JSON text. */
export const startLine = ({ sequence, batch, hash, at }: Snapshot, rules: string): string =>
  writeJson({
    type: 'DEFTER_EXPORT',
    version: EXPORT_VERSION,
    date: at,
    sequence,
    batch,
    hash,
    rules: new RawJson(rules),
  });

/** `entry` is the event as the log shows it. */
export const eventLine = (event: ExportedEvent, entry: object): string => {
  const { batch, type, fingerprint, payload } = event;
  return writeJson({ ...entry, defter: { batch, type, fingerprint, payload } });
};

export const batchLine = ({ at, ...batch }: ExportedBatch): string =>
  writeJson({ type: 'DEFTER_BATCH', ...batch, date: at });

export const refusedKeyLine = ({ key, fingerprint, refusal, at }: RefusedKey): string =>
  writeJson({
    type: 'DEFTER_REFUSED_KEY',
    idempotencyKey: key,
    fingerprint,
    date: at,
    refusal: new RawJson(refusal),
  });

/** `sha256` is over all lines before, with their line feeds. */
export const endLine = (lines: number, sha256: string): string =>
  writeJson({ type: 'DEFTER_END', lines, sha256 });
