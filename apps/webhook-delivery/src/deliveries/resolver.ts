import { Resolver } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Asks the name servers. Not `dns.lookup`: that one runs in four threads of the process, so four names
 * whose servers don't answer would stop every delivery; it also appends the cluster's search domains to
 * what a tenant wrote.
 */
@Injectable()
export class NameResolver {
  private readonly resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });

  /** All addresses of the name, IPv4 first; empty when it has none. */
  async addresses(name: string): Promise<string[]> {
    // RFC 6761: this name never goes to a server.
    if (name === 'localhost' || name.endsWith('.localhost')) return ['127.0.0.1', '::1'];
    const answers = await Promise.allSettled([this.resolver.resolve4(name), this.resolver.resolve6(name)]);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  }
}
