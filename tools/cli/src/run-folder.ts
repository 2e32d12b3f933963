// `.defter/`: what a running stack leaves for commands in other terminals.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT, isAlive, SetupError, type ProcessIdentity, type ServerState } from '@defter/embedded';
import type { TenantAccess } from '@defter/embedded';

/** The folder of the stack that `./defter up` runs; DEFTER_DIR chooses another. */
export const RUN_FOLDER = process.env['DEFTER_DIR'] ?? join(CHECKOUT, '.defter');

/** Held by the process that runs the stack, for as long as it lives. */
export const LOCK_FILE = join(RUN_FOLDER, 'up.lock');

/** One line of `./defter status`. */
export interface ServiceStatus {
  readonly name: string;
  readonly state: ServerState;
  readonly pid: number;
  readonly url: string;
}

/** What `./defter status --json` prints. */
export interface StackStatus {
  readonly services: readonly ServiceStatus[];
  readonly tenant: TenantAccess;
  readonly urls: Readonly<Record<string, string>>;
}

/** The state file. */
export interface StackRecord {
  /** The process that runs the stack and keeps this file. */
  readonly supervisor: ProcessIdentity;
  /** Missing until everything has been ready once. */
  readonly status?: StackStatus;
  /** Why the start ended before that. */
  readonly failed?: string;
}

const FILE = join(RUN_FOLDER, 'state.json');

/** Replaces the state file in one step; only its owner may read it, for it holds tokens. */
export function writeRecord(record: StackRecord): void {
  mkdirSync(RUN_FOLDER, { recursive: true });
  const temporary = `${FILE}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, FILE);
}

/** The latest stack's record; undefined when there never was one. */
export function readRecord(): StackRecord | undefined {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as StackRecord) : undefined;
}

/** The running stack's record, else undefined. A record whose process is gone counts as none. */
export function runningRecord(): StackRecord | undefined {
  const record = readRecord();
  return record !== undefined && isAlive(record.supervisor) ? record : undefined;
}

/** The running stack's status. Throws SetupError when none runs or it isn't ready yet. */
export function requireRunning(): StackStatus {
  const record = runningRecord();
  if (record === undefined) throw new SetupError('Nothing is running', 'Start it: ./defter up --detach');
  if (record.status === undefined)
    throw new SetupError('The stack is still starting', 'Try again in some seconds');
  return record.status;
}
