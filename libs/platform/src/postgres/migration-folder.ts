import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

/** One step of a schema: the folder `0001-name` with `up.sql` and `note.md`. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const FOLDER = /^(\d{4})-([a-z0-9-]+)$/;

/**
 * Reads a migrations folder in order. @throws Error on another name, a version twice, or a missing up.sql
 * or note.md
 */
export async function readMigrations(folder: URL): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const migrations = await Promise.all(names.map((name) => readMigration(folder, name)));
  for (const [index, { version, name }] of migrations.entries()) {
    if (migrations[index - 1]?.version === version)
      throw new Error(`Two migrations have the version of ${name} in ${folder.pathname}`);
  }
  return migrations;
}

async function readMigration(folder: URL, name: string): Promise<Migration> {
  const [, digits] = FOLDER.exec(name) ?? [];
  if (digits === undefined)
    throw new Error(`A migration's folder is named like 0001-what-it-does, not ${name}`);
  const sql = await readFile(new URL(`${name}/up.sql`, folder), 'utf8');
  await readFile(new URL(`${name}/note.md`, folder), 'utf8');
  return {
    version: parseInt(digits, 10),
    name,
    sql,
    checksum: createHash('sha256').update(sql).digest('hex'),
  };
}
