import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { SERVICES } from '@defter/embedded';
import pg from 'pg';
import { UsageError } from './command.js';
import { requireRunning } from './run-folder.js';

/**
 * `./defter psql <database> [-c sql]`: as the administrator. PostgreSQL's psql where installed, else our own
 * prompt.
 */
export async function psql(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { command: { type: 'string', short: 'c' } },
    allowPositionals: true,
  });
  const databases = SERVICES.flatMap(({ database }) => (database === undefined ? [] : [database]));
  const database = positionals[0]?.replace('-', '_');
  if (database === undefined || !databases.includes(database)) {
    throw new UsageError(`which database? One of: ${databases.join(', ')}`);
  }
  const url = new URL(requireRunning().urls['postgres'] ?? '');
  url.pathname = `/${database}`;
  return hasPsql() ? nativePsql(url.href, values.command) : ownPrompt(url.href, database, values.command);
}

// Debian's psql is a wrapper that exists without a client behind it, so it is asked, not looked for.
const hasPsql = (): boolean => spawnSync('psql', ['--version']).status === 0;

function nativePsql(url: string, command: string | undefined): Promise<number> {
  const child = spawn('psql', [url, ...(command === undefined ? [] : ['-c', command])], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

async function ownPrompt(url: string, database: string, command: string | undefined): Promise<number> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => String } });
  await client.connect();
  try {
    if (command !== undefined) return (await show(client, command)) ? 0 : 1;
    const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: `${database}=> ` });
    lines.prompt();
    let sql = '';
    for await (const line of lines) {
      sql += `${line}\n`;
      if (/^\s*(\\q|exit)\s*$/.test(line)) break;
      if (line.trimEnd().endsWith(';')) {
        await show(client, sql);
        sql = '';
      }
      lines.prompt();
    }
    return 0;
  } finally {
    await client.end();
  }
}

async function show(client: pg.Client, sql: string): Promise<boolean> {
  try {
    const { fields, rows, rowCount, command } = await client.query<string[]>({ text: sql, rowMode: 'array' });
    if (fields.length > 0) console.log(fields.map(({ name }) => name).join(' | '));
    for (const row of rows) console.log(row.map((value) => value ?? '').join(' | '));
    console.log(fields.length > 0 ? `(${rows.length} rows)` : `${command} ${rowCount ?? ''}`);
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return false;
  }
}
