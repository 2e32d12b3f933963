import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

/**
 * Runs `code` in a Node process of its own, with everything that @defter/embedded exports as `embedded`,
 * until it prints a line; then ends that process with SIGKILL, as a crash would. Returns the line.
 */
export async function printedBeforeCrash(code: string): Promise<string> {
  const script = `import * as embedded from ${JSON.stringify(BUILT)}; ${code}; setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    parent.stdout.once('data', (data: Buffer) => {
      resolve(data.toString('utf8').trim());
    });
    parent.once('exit', () => {
      reject(new Error('the process ended before it printed'));
    });
  });
  const exited = once(parent, 'exit');
  parent.kill('SIGKILL');
  await exited;
  return line;
}
