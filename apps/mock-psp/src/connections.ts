import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Connection, parseSettings, type RateCard } from '@defter/backoffice-contracts';
import { SettingsFile } from '@defter/platform';

/** A merchant's account here, with what it is charged. */
export interface MerchantConnection extends Connection {
  readonly rateCard: RateCard;
}

interface KnownConnections {
  readonly byId: ReadonlyMap<string, MerchantConnection>;
  readonly byKeyDigest: ReadonlyMap<string, MerchantConnection>;
}

/** The connections of the settings file that are at this provider. */
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
  const connections = parseSettings(json).tenants.flatMap(({ connections, rateCard }) =>
    connections
      .filter(({ provider }) => provider === 'mock-psp')
      .map((connection) => ({ ...connection, rateCard })),
  );
  const byKeyDigest = new Map(connections.map((connection) => [digestOf(connection.apiKey), connection]));
  if (byKeyDigest.size < connections.length)
    throw new Error('two connections at mock-psp have the same apiKey');
  return { byId: new Map(connections.map((connection) => [connection.id, connection])), byKeyDigest };
}

/** Keys are found by digest, so that the time of the search tells nothing about them. */
function digestOf(apiKey: string): string {
  return createHash('sha256').update(apiKey).digest('hex');
}
