// What is said where there is no Docker engine to be used. The program `docker` is one that says what the
// real one says then.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { refusalOf, removeRuns, requireEngine } from './engine.js';

const PATH = process.env['PATH'];

describe('without an engine, the run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'defter-engine-'));
    process.env['PATH'] = folder;
  });
  afterEach(() => {
    process.env['PATH'] = PATH;
    rmSync(folder, { recursive: true });
  });
  const docker = (...lines: readonly string[]): void => {
    writeFileSync(join(folder, 'docker'), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
  };

  it('says that the command is missing, and how to get it', () => {
    expect(() => requireEngine()).toThrow(/^The command docker is missing\. .*apt-get install docker\.io/);
  });

  it('says that no daemon answers, and what the client said', () => {
    const said = 'Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?';
    docker(`echo '{"ServerVersion":"","ServerErrors":["${said}"]}'`, `echo '${said}' >&2`, 'exit 1');
    expect(() => requireEngine()).toThrow(`No Docker engine answers (${said}). On Debian: `);
  });

  it('is not content with a client that ends well and names no engine', () => {
    docker(`echo '{"ServerVersion":"","ServerErrors":["denied"]}'`);
    expect(() => requireEngine()).toThrow('No Docker engine answers');
  });

  it('is not given to an engine that may be elsewhere', () => {
    process.env['DOCKER_HOST'] = 'tcp://192.0.2.1:2375';
    try {
      expect(() => requireEngine()).toThrow('DOCKER_HOST is tcp://192.0.2.1:2375');
    } finally {
      delete process.env['DOCKER_HOST'];
    }
  });

  it('goes on with one of this machine', () => {
    docker(`echo '{"ServerVersion":"20.10.24","OSType":"linux","SecurityOptions":["name=seccomp"]}'`);
    expect(() => requireEngine()).not.toThrow();
  });
});

describe('what a run has left', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'defter-left-'));
    process.env['PATH'] = `${folder}:${PATH ?? ''}`;
  });
  afterEach(() => {
    process.env['PATH'] = PATH;
    rmSync(folder, { recursive: true });
  });
  /** An engine whose n-th answer to `ps` is the n-th of these; the image it is to remove is gone already. */
  const engine = (...ps: readonly string[]): void => {
    const answers = ps.map((line, index) => `${index + 1}) echo '${line}';;`).join(' ');
    const lines = [
      `cd ${folder}; echo "$1 $4" >> calls`,
      `case $1 in`,
      `ps) echo x >> looks; case $(wc -l < looks) in ${answers} esac;;`,
      `images) [ -e removed ] || echo 'defter-test/postgres mine';;`,
      `rmi) touch removed; echo 'No such image' >&2; exit 1;;`,
      'esac',
    ];
    writeFileSync(join(folder, 'docker'), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
  };
  const calls = (): string[] => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');

  it('is looked for until none was there twice; an image that another run removed is gone', async () => {
    engine('c1 mine', '', 'late mine', '', '');
    await removeRuns((run) => run === 'mine');
    expect(calls().filter((each) => each.startsWith('rm '))).toEqual(['rm c1', 'rm late']);
    expect(calls().filter((each) => each.startsWith('rmi'))).toHaveLength(1);
  });

  it('of another run is let alone', async () => {
    engine('c1 other', 'c1 other', 'c1 other');
    await removeRuns((run) => run === 'nobody');
    expect(calls().some((each) => each.startsWith('rm'))).toBe(false);
  });
});

describe('an engine', () => {
  it('must be one for Linux that leaves files their owners', () => {
    const refusals = [
      { OSType: 'linux', SecurityOptions: ['name=seccomp,profile=default', 'name=rootless'] },
      { OSType: 'linux', SecurityOptions: ['name=userns'] },
      { OSType: 'windows' },
    ].map(refusalOf);
    expect(refusals).toEqual([
      expect.stringContaining('rootless'),
      expect.stringContaining('userns'),
      expect.stringContaining('windows'),
    ]);
    expect(refusalOf({ OSType: 'linux', SecurityOptions: ['name=seccomp,profile=builtin'] })).toBeUndefined();
  });
});
