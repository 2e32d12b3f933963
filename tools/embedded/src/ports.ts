import { randomInt } from 'node:crypto';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { SetupError, systemCode } from './setup-error.js';

const HOST = '127.0.0.1';

// Below the range from which the kernel takes local ports of outgoing connections: a port above could be lost
// to one of them while its server is down between kill and restart.
const LOWEST = 20_000;
const HIGHEST = 32_000;
const handedOut = new Set<number>();

/** A port that was free a moment ago, each time another. Whoever binds it must be ready to try another. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    // Two callers that bind later must not get the same one.
    if (handedOut.has(port) || (await isPortTaken(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST}`);
}

/** Whether somebody listens on this loopback port. */
export const isPortTaken = async (port: number): Promise<boolean> => !(await canBind(port));

/** Throws a SetupError that names who holds the port and how to choose another one. */
export async function requireFreePort(port: number, name: string): Promise<void> {
  if (!(await isPortTaken(port))) return;
  const holder = portHolder(port);
  const who = holder === undefined ? 'another process' : `process ${holder.pid} (${holder.command})`;
  throw new SetupError(
    `Port ${port}, which ${name} needs, is used by ${who}`,
    'End that process, or shift all of our ports: DEFTER_PORT_OFFSET=1000 ./defter up',
  );
}

/** The process that listens on a loopback TCP port, as far as /proc shows it to us. */
export function portHolder(port: number): { pid: number; command: string } | undefined {
  const sockets = listeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || !holdsSocket(entry, sockets)) continue;
    return { pid: parseInt(entry, 10), command: readFileSync(`/proc/${entry}/comm`, 'utf8').trim() };
  }
  return undefined;
}

function listeningSockets(port: number): Set<string> {
  const LISTEN = '0A';
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => {
    try {
      return readFileSync(file, 'utf8').split('\n').slice(1);
    } catch {
      return [];
    }
  });
  const fields = rows.map((row) => row.trim().split(/\s+/));
  const listening = fields.filter(
    ([, local, , state]) => local?.endsWith(suffix) === true && state === LISTEN,
  );
  return new Set(listening.map((row) => `socket:[${row[9]}]`));
}

function holdsSocket(pid: string, sockets: Set<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false; // closed while we looked
      }
    });
  } catch {
    return false; // another user's process, or gone
  }
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (systemCode(error) === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen({ port, host: HOST, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
