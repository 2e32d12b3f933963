import { Inject, Injectable } from '@nestjs/common';
import {
  type Connection as ConnectionSettings,
  parseSettings,
  type SigningKey,
} from '@defter/backoffice-contracts';
import type { PaymentProvider } from '@defter/payments-contracts';
import { SettingsFile } from '@defter/platform';
import { PROVIDERS, type Providers } from './providers.read.js';

/** A tenant's account at a provider. All its signing keys are live: while a secret rotates there are two. */
export interface Connection extends ConnectionSettings {
  readonly tenantId: string;
}

/**
 * The connections of the settings file, without any I/O on the way of a request while the file doesn't
 * change.
 */
@Injectable()
export class Connections {
  constructor(
    private readonly settings: SettingsFile,
    @Inject(PROVIDERS) private readonly providers: Providers,
  ) {}

  /** The adapter of that id. */
  provider(id: string): PaymentProvider | undefined {
    return this.providers.get(id);
  }

  /** The connection without any I/O; undefined also when the file has to be looked at first. */
  peek(provider: string, id: string): Connection | undefined {
    const connection = this.settings.peek(connectionsOf)?.get(id);
    return connection?.provider === provider ? connection : undefined;
  }

  /** The same, waiting for a look at the file where one is due; the file isn't looked at for one unknown. */
  glance(provider: string, id: string): Connection | undefined | Promise<Connection | undefined> {
    const at = (known: ReadonlyMap<string, Connection>): Connection | undefined => {
      const connection = known.get(id);
      return connection?.provider === provider ? connection : undefined;
    };
    const known = this.settings.peek(connectionsOf);
    return known === undefined ? this.settings.read(connectionsOf).then(at) : at(known);
  }

  /** Those of a tenant. */
  async ofTenant(tenantId: string): Promise<Connection[]> {
    const known = await this.settings.read(connectionsOf);
    return [...known.values()].filter((connection) => connection.tenantId === tenantId);
  }

  /** The connection of that id, if it is at that provider. One that was added a moment ago is found, too. */
  async find(provider: string, id: string): Promise<Connection | undefined> {
    const known = this.settings.peek(connectionsOf) ?? (await this.settings.read(connectionsOf));
    const connection = known.get(id) ?? (await this.settings.reread(connectionsOf)).get(id);
    return connection?.provider === provider ? connection : undefined;
  }
}

/** The keys that verify at this time; one without limits always does. */
export function liveKeys({ signingKeys }: ConnectionSettings, now: Date): readonly SigningKey[] {
  return signingKeys.every(isUnlimited)
    ? signingKeys
    : signingKeys.filter((key) => stateOf(key, now) === 'live');
}

/** What a key is at this time. */
export function stateOf({ notBefore, notAfter }: SigningKey, now: Date): 'live' | 'not_yet' | 'over' {
  if (notBefore !== undefined && now.getTime() < notBefore.getTime()) return 'not_yet';
  return notAfter !== undefined && now.getTime() >= notAfter.getTime() ? 'over' : 'live';
}

function isUnlimited({ notBefore, notAfter }: SigningKey): boolean {
  return notBefore === undefined && notAfter === undefined;
}

/** Connections by id; the settings' parser sees to it that no two tenants share one. */
function connectionsOf(json: unknown): ReadonlyMap<string, Connection> {
  const connections = parseSettings(json).tenants.flatMap((tenant) =>
    tenant.connections.map((connection) => ({ ...connection, tenantId: tenant.id })),
  );
  return new Map(connections.map((connection) => [connection.id, connection]));
}
