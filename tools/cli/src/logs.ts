import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from './command.js';
import { RUN_FOLDER } from './run-folder.js';

/** `./defter logs [service] [-f]`: the last lines of one log, or of all. */
export function logs(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { follow: { type: 'boolean', short: 'f' } },
    allowPositionals: true,
  });
  const [wanted] = positionals;
  const all = logFiles();
  const files = wanted === undefined ? all : all.filter((file) => basename(file, '.log') === wanted);
  if (files.length === 0) {
    throw new UsageError(
      all.length === 0
        ? 'there are no logs yet'
        : `logs of: ${all.map((file) => basename(file, '.log')).join(', ')}`,
    );
  }
  const tail = ['-n', wanted === undefined ? '10' : '200', ...(values.follow === true ? ['-F'] : [])];
  const child = spawn('tail', [...tail, ...files], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 0);
    });
  });
}

function logFiles(): string[] {
  const folder = join(RUN_FOLDER, 'logs');
  const services = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  const servers = ['postgres', 'kafka'].map((name) => join(RUN_FOLDER, name, `${name}.log`));
  return [...services, ...servers].filter((file) => file.endsWith('.log') && existsSync(file));
}
