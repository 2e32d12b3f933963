import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Connection, parseSettings, type RateCard } from '@defter/backoffice-contracts';
import { SettingsFile } from '@defter/platform';

/**
 * Providers whose webhooks this one can write: the dialect of a connection is that of its provider. Its own
 * is called as it is.
 */
export const dialectIds = ['mock-psp', 'stripe', 'adyen', 'iyzico', 'paytr'] as const;
export type DialectId = (typeof dialectIds)[number];

/** A merchant's account here, with what it is charged. */
export interface MerchantConnection extends Connection {
  readonly rateCard: RateCard;
  readonly dialect: DialectId;
}

interface KnownConnections {
  readonly byId: ReadonlyMap<string, MerchantConnection>;
  readonly byKeyDigest: ReadonlyMap<string, MerchantConnection>;
}

/**
 * The connections of the settings file that are at this provider: those of `mock-psp`, and those of
 * providers whose dialect it speaks, unless their tenant is live.
 */
@Injectable()
export class Connections {
  constructor(private readonly settings: SettingsFile) {}

  /** The connection whose API key this is; one that was added a moment ago is found, too. */
  async findByApiKey(apiKey: string): Promise<MerchantConnection | undefined> {
    const digest = digestOf(apiKey);
    const known = (await this.settings.read(readConnections)).byKeyDigest.get(digest);
    return known ?? (await this.settings.reread(readConnections)).byKeyDigest.get(digest);
  }

  async findById(connectionId: string): Promise<MerchantConnection | undefined> {
    return (await this.settings.read(readConnections)).byId.get(connectionId);
  }
}

function readConnections(json: unknown): KnownConnections {
  const connections = parseSettings(json).tenants.flatMap(({ connections, rateCard, mode }) =>
    connections.flatMap((connection): MerchantConnection[] => {
      const dialect = dialectIds.find((id) => id === connection.provider);
      if (dialect === undefined || (mode === 'live' && dialect !== 'mock-psp')) return [];
      return [{ ...connection, rateCard, dialect }];
    }),
  );
  const own = connections.filter(({ dialect }) => dialect === 'mock-psp');
  if (new Set(own.map(({ apiKey }) => apiKey)).size < own.length)
    throw new Error('two connections at mock-psp have the same apiKey');
  // Own connections come last, so that another provider's key of the same text can't stand for theirs.
  const byKeyDigest = new Map(
    [...connections, ...own].map((connection) => [digestOf(connection.apiKey), connection]),
  );
  return { byId: new Map(connections.map((connection) => [connection.id, connection])), byKeyDigest };
}

/** Keys are found by digest, so that the time of the search tells nothing about them. */
function digestOf(apiKey: string): string {
  return createHash('sha256').update(apiKey).digest('hex');
}
