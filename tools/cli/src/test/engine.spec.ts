// What is said where there is no Docker engine to be used. The program `docker` is one that says what the
// real one says then.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { refusalOf, requireEngine } from './engine.js';

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

  it('goes on with one of this machine', () => {
    docker(`echo '{"ServerVersion":"20.10.24","OSType":"linux","SecurityOptions":["name=seccomp"]}'`);
    expect(() => requireEngine()).not.toThrow();
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
