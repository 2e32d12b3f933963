import { isIP, type Socket, connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@defter/platform';
import type { buildConnector } from 'undici';
import type { Config } from '../config.js';
import { EndpointUrls } from '../endpoint-urls.js';
import { NameResolver } from './resolver.js';
import { SendFailure } from './send-failure.js';

/** More would only lengthen the wait for a name whose addresses are all dead. */
const ADDRESSES_TRIED = 3;

/**
 * Makes the connections of webhooks. The name is resolved here, each address is judged, and the connection
 * goes to the very address that was judged: a name server that gives another answer a moment later is not
 * asked again.
 */
@Injectable()
export class GuardedConnector {
  constructor(
    private readonly urls: EndpointUrls,
    private readonly names: NameResolver,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** In the form that undici calls. */
  readonly connect: buildConnector.connector = (options, callback) => {
    this.open(options).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error as Error, null),
    );
  };

  private async open({ hostname, protocol, port }: buildConnector.Options): Promise<Socket> {
    const timeUp = AbortSignal.timeout(this.config.connectTimeoutMs);
    const secure = protocol === 'https:';
    const addresses = await withTimeout(this.allowed(hostname.replace(/^\[|\]$/g, '')), timeUp);
    let failure = new SendFailure('connect_failed', 'there was no address to try');
    for (const address of addresses.slice(0, ADDRESSES_TRIED)) {
      try {
        const socket = await opened(address, Number.parseInt(port || (secure ? '443' : '80'), 10), timeUp);
        return secure ? await encrypted(socket, hostname, timeUp) : socket;
      } catch (error) {
        failure = SendFailure.from(error);
      }
    }
    throw failure;
  }

  private async allowed(host: string): Promise<string[]> {
    const found = isIP(host) > 0 ? [host] : await this.names.addresses(host);
    if (found.length === 0) throw new SendFailure('name_not_found', `${host} has no address`);
    const allowed = found.filter((address) => !this.urls.forbids(address));
    if (allowed.length === 0)
      throw new SendFailure('address_refused', `${host} leads to ${found.join(', ')}`);
    return allowed;
  }
}

function opened(address: string, port: number, timeUp: AbortSignal): Promise<Socket> {
  const socket = connectTcp({ host: address, port, noDelay: true });
  // An error between two listeners would otherwise end the process.
  socket.on('error', () => undefined);
  return settled(socket, 'connect', 'connect_failed', timeUp);
}

function encrypted(socket: Socket, hostname: string, timeUp: AbortSignal): Promise<Socket> {
  const name = isIP(hostname.replace(/^\[|\]$/g, '')) > 0 ? {} : { servername: hostname };
  const secure = connectTls({ socket, ALPNProtocols: ['http/1.1'], minVersion: 'TLSv1.2', ...name });
  return settled(secure, 'secureConnect', 'tls_failed', timeUp);
}

/** The socket once it is connected; otherwise it is destroyed. */
function settled<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  failure: 'connect_failed' | 'tls_failed',
  timeUp: AbortSignal,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const stop = (error: SendFailure): void => {
      socket.destroy();
      reject(error);
    };
    const late = (): void => stop(new SendFailure('connect_timeout', 'no connection in time'));
    const failed = (cause: Error): void => stop(new SendFailure(failure, cause.message, { cause }));
    if (timeUp.aborted) return late();
    timeUp.addEventListener('abort', late, { once: true });
    socket.once('error', failed);
    socket.once(event, () => {
      timeUp.removeEventListener('abort', late);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}

function withTimeout<T>(work: Promise<T>, timeUp: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new SendFailure('connect_timeout', 'the name was not resolved in time'));
    timeUp.addEventListener('abort', late, { once: true });
    work.then(resolve, reject).finally(() => timeUp.removeEventListener('abort', late));
  });
}
