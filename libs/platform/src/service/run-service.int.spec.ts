import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';

/** The fixture as it was built: a process has no TypeScript. `nx run platform:int` builds first. */
const main = fileURLToPath(new URL('../../dist/service/run-service.fixture.js', import.meta.url));

interface Line {
  readonly level: string;
  readonly message: string;
  readonly url?: string;
  readonly management?: string;
}

/** Starts the fixture; `lines` grows while it runs. */
function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    env: { API_KEY: 'very-secret', ...env },
    stdio: 'pipe',
  });
  const output = { text: '', errors: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.errors += chunk.toString()));
  const exit = once(child, 'close').then(([code]) => code as number);
  const lines = () =>
    output.text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);
  const says = async (message: string): Promise<Line> => {
    for (;;) {
      const line = lines().find((candidate) => candidate.message.includes(message));
      if (line !== undefined) return line;
      if (child.exitCode !== null)
        throw new Error(`It ended without saying "${message}": ${output.text}${output.errors}`);
      await Promise.race([once(child.stdout, 'data'), exit]);
    }
  };
  return { child, output, exit, lines, says };
}
const messages = (lines: Line[]) => lines.map(({ message }) => message);

beforeAll(() => {
  if (!existsSync(main)) throw new Error('Build first: npx nx run platform:build');
});

describe('a service as a process', () => {
  it('reports all errors of the configuration at once and exits 78, without the secret', async () => {
    const { exit, output } = start(['http'], {
      HTTP_PORT: '99999',
      LOG_LEVEL: 'loud',
      SHUTDOWN_TIMEOUT: '5',
      API_KEY: '',
    });
    expect(await exit).toBe(78);
    expect(output.errors).toContain('4 problem(s)');
    for (const name of [
      'HTTP_PORT must be a port',
      'LOG_LEVEL must be one of',
      'SHUTDOWN_TIMEOUT must be',
      'API_KEY is missing',
    ]) {
      expect(output.errors).toContain(name);
    }
  });

  it('runs a command with the parts of its role, and exits with its code', async () => {
    const { exit, output, lines } = start(['greet', 'you', '--loud'], { MANAGEMENT_PORT: '1' });
    expect(await exit).toBe(7);
    expect(output.text).toContain('hello you --loud\n');
    expect(messages(lines())).toEqual(expect.arrayContaining(['start first', 'stop second', 'stop first']));
  });

  it('lets a command end by itself when it is told to stop, and exits with its code', async () => {
    const { child, exit, output } = start(['wait']);
    while (!output.text.includes('waiting\n')) await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await exit).toBe(75);
  });

  it('prints its configuration, secrets redacted', async () => {
    const { exit, output } = start(['--print-config']);
    expect(await exit).toBe(0);
    expect(output.text).toContain('API_KEY=[redacted]\n');
    expect(output.text).toContain('SHUTDOWN_TIMEOUT=20000\n');
    expect(output.text).not.toContain('very-secret');
  });

  it('says its crash points, and ends by SIGKILL at the nth passage of the one that is named', async () => {
    const asked = start(['--print-crash-points']);
    expect(await asked.exit).toBe(0);
    expect(asked.output.text).toBe('slow.begins\n');
    const { child, exit, says } = start(['http'], { DEFTER_CRASH_POINT: 'slow.begins:2' });
    const { url } = await says('is running');
    expect((await fetch(`${url}/slow`)).status).toBe(200);
    await expect(fetch(`${url}/slow`)).rejects.toThrow();
    await exit;
    expect(child.signalCode).toBe('SIGKILL');
  });

  it('exits 78 at a crash point that it does not have, and at a bug of the laboratory', async () => {
    const unknown = start(['http'], { DEFTER_CRASH_POINT: 'nowhere' });
    expect(await unknown.exit).toBe(78);
    expect(unknown.output.errors).toContain('names: slow.begins');
    const buggy = start(['http'], { DEFTER_BUG: 'any' });
    expect(await buggy.exit).toBe(78);
    expect(buggy.output.errors).toContain('laboratory');
  });

  it.each([[['nothing']], [[]], [['http,nothing']], [['--print']]])(
    'exits 64 on %j and says what there is',
    async (args) => {
      const { exit, output } = start(args);
      expect(await exit).toBe(64);
      expect(output.errors).toMatch(/http, worker|--print-config/);
    },
  );

  it('a route with neither @Public nor @Scope stops the start and is named', async () => {
    const { exit, lines } = start(['undeclared']);
    expect(await exit).toBe(1);
    expect(messages(lines())).toContainEqual(
      'fixture did not start: The route GET /undeclared has neither @Public() nor @Scope()',
    );
  });

  it('SIGTERM lets the open request finish, stops tasks in reverse, and exits 0', async () => {
    const { child, exit, lines, says } = start(['http,worker']);
    const { url = '', management = '' } = await says('is running');
    expect((await fetch(`${management}/readyz`)).status).toBe(200);
    const answer = fetch(`${url}/slow`);
    await says('Slow began');
    child.kill('SIGTERM');
    await says('shutting down');
    const ready = await fetch(`${management}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([
      503,
      '{"status":"not ready","because":["stopping"]}',
    ]);
    expect(await (await answer).json()).toEqual({ slow: true });
    expect(await exit).toBe(0);
    const said = messages(lines()).filter((message) => /^(start|stop) |in order/.test(message));
    expect(said).toEqual(['start first', 'start second', 'stop second', 'stop first', 'Shut down in order']);
  });

  it('after the limit it names what was stuck and exits 1', async () => {
    const { child, exit, lines, says } = start(['stuck'], { SHUTDOWN_TIMEOUT: '200ms' });
    await says('is running');
    child.kill('SIGTERM');
    expect(await exit).toBe(1);
    expect(messages(lines())).toContain('Shutdown was stuck at: task that hangs');
  });

  it.each([
    ['/crash', 'Unhandled rejection: nobody caught this'],
    ['/die', 'consumer died'],
  ])('%s ends the process with 1 after saying why, secrets redacted', async (path, why) => {
    const { exit, output, says } = start(['http']);
    const { url = '' } = await says('is running');
    await fetch(`${url}${path}`).catch(() => undefined);
    expect(await exit).toBe(1);
    expect(output.text).toContain(why);
    expect(output.text).not.toContain('0123456789abcdef');
  });

  it('a port in use is one clear line and exit 1', async () => {
    const first = start(['http']);
    const { url = '' } = await first.says('is running');
    const second = start(['http'], { HTTP_PORT: new URL(url).port });
    expect(await second.exit).toBe(1);
    expect(messages(second.lines()).at(-1)).toMatch(/did not start: listen EADDRINUSE/);
    first.child.kill('SIGTERM');
    expect(await first.exit).toBe(0);
  });
});
