import { containerName, imageOf } from '../container.js';
import { mustRun } from '../run.js';
import type { ServerHandle } from '../supervised.js';

/** The server's own process, as this machine numbers it: before a container, our child is Docker's client. */
export async function processOf({ name, pid }: ServerHandle, pidFile: string): Promise<number> {
  if (imageOf(name === 'kafka' ? 'kafka' : 'postgres') === undefined) return pid;
  const format = '{{.State.Pid}}';
  return parseInt(await mustRun('docker', ['inspect', '--format', format, containerName(pidFile)]), 10);
}
