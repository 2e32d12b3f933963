import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerCommand } from './server-command.js';
import { dockerRun, IMAGE_VARIABLES, imageOf } from './container.js';
import { RUN_VARIABLE } from './container-run.js';

const server: ServerCommand = {
  name: 'PostgreSQL',
  command: '/opt/postgres/bin/postgres',
  args: ['-D', '/somewhere/data'],
  env: { PATH: '/usr/bin', TZ: 'UTC' },
  user: { name: 'postgres', uid: 101, gid: 102 },
  logFile: '/somewhere/postgres.log',
  pidFile: '/somewhere/postgres.pid',
};
const container = { image: 'defter-test/postgres:latest', folders: ['/somewhere/data'], memory: '2g' };

describe('a server in a container', () => {
  afterEach(() => {
    delete process.env[IMAGE_VARIABLES.postgres];
    delete process.env[RUN_VARIABLE];
  });

  it('is asked for by its image in the environment only', () => {
    expect(imageOf('postgres')).toBeUndefined();
    process.env[IMAGE_VARIABLES.postgres] = '';
    expect(imageOf('postgres')).toBeUndefined();
    process.env[IMAGE_VARIABLES.postgres] = 'defter-test/postgres:latest';
    expect(imageOf('postgres')).toBe('defter-test/postgres:latest');
  });

  it('runs as the same program, as the same user, on the same folder and on loopback of this machine', () => {
    const command = dockerRun(server, container);
    expect(command.slice(0, 2)).toEqual(['docker', 'run']);
    expect(command).toEqual(expect.arrayContaining(['--network=host', '--user=101:102', '--env=TZ=UTC']));
    expect(command.filter((each) => each.startsWith('--publish'))).toEqual([]);
    expect(command).toContain('--volume=/somewhere/data:/somewhere/data');
    expect(command.slice(-4)).toEqual([container.image, server.command, ...server.args]);
  });

  it('goes when it ends, has a limit of memory, and is never fetched from a registry', () => {
    const limits = ['--rm', '--pull=never', '--memory=2g', '--memory-swap=2g'];
    expect(dockerRun(server, container)).toEqual(expect.arrayContaining(limits));
  });

  it('says which run it belongs to', () => {
    process.env[RUN_VARIABLE] = '1.2.3';
    expect(dockerRun(server, container)).toContain('--label=defter-test-run=1.2.3');
  });

  it('has a PATH of its own, and a name by which the next start finds what a crash has left', () => {
    const command = dockerRun(server, container);
    expect(command.filter((each) => each.startsWith('--env=PATH'))).toEqual([]);
    const name = (of: ServerCommand) => dockerRun(of, container).find((each) => each.startsWith('--name='));
    expect(name(server)).toBe(name({ ...server, args: [] }));
    expect(name(server)).not.toBe(name({ ...server, pidFile: '/elsewhere/postgres.pid' }));
  });
});
