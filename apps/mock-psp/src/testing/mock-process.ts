import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The service as it was built: a process has no TypeScript. `nx run mock-psp:int` builds first. */
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface MockProcess {
  readonly url: string;
  /** Ends it as a power cut would, and resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts the service as a process of its own and resolves when it listens. */
export async function startMockProcess(env: Record<string, string>): Promise<MockProcess> {
  const child = spawn(process.execPath, [main, 'http'], {
    env: { HTTP_PORT: '0', MANAGEMENT_PORT: '0', MOCK_PSP_TEST_ENDPOINTS: 'true', ...env },
    stdio: 'pipe',
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const gone = once(child, 'close');
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /"url":"(http:[^"]+)"/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('close', () => reject(new Error(`the process ended before it listened: ${output}`)));
  });
  return {
    url,
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
