import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@defter/platform';
import type { Config } from './config.js';
import { addressGuard } from './forbidden-address.js';

/** Names that only mean something inside a network. */
const INSIDE = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|private|localdomain|svc|cluster)$/;
const MAX_LENGTH = 2_000;

/** Which URLs an endpoint may have, and which addresses may be connected to. */
@Injectable()
export class EndpointUrls {
  private readonly isForbidden: (address: string) => boolean;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    const { allowLoopback, refusedNetworks = [] } = config;
    this.isForbidden = addressGuard({ allowLoopback, refusedNetworks });
  }

  /**
   * Why the URL can't be an endpoint's; undefined when it can. A name that resolves to a forbidden address
   * isn't seen here: that is decided where the connection is made, each time.
   */
  refusal(text: string): string | undefined {
    const url = text.length <= MAX_LENGTH && URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined) return 'it is not a URL of at most 2000 characters';
    return (
      this.formRefusal(url) ?? this.portRefusal(url) ?? this.hostRefusal(url.hostname.replace(/\.$/, ''))
    );
  }

  /** Whether no connection may be made to this address. */
  forbids(address: string): boolean {
    return this.isForbidden(address);
  }

  private formRefusal({ protocol, username, password, hash }: URL): string | undefined {
    const { allowHttp } = this.config;
    if (protocol !== 'https:' && !(protocol === 'http:' && allowHttp))
      return allowHttp ? 'it must begin with https: or http:' : 'it must begin with https:';
    if (username !== '' || password !== '') return 'it must not hold a user name or password';
    return hash === '' ? undefined : 'it must not have a fragment';
  }

  private portRefusal(url: URL): string | undefined {
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
    const { allowedPorts } = this.config;
    if (allowedPorts.includes('*') || allowedPorts.includes(port)) return undefined;
    return `its port must be one of ${allowedPorts.join(', ')}`;
  }

  private hostRefusal(host: string): string | undefined {
    const address = host.startsWith('[') ? host.slice(1, -1) : host;
    if (isIP(address) > 0)
      return this.isForbidden(address) ? 'its address is not one of the public internet' : undefined;
    const isLoopback = host === 'localhost' && this.config.allowLoopback;
    if (!isLoopback && (INSIDE.test(host) || !host.includes('.')))
      return 'its host is not a name of the public internet';
    return undefined;
  }
}
