import { Injectable } from '@nestjs/common';
import type { SigningKey } from '@defter/payments-contracts';
import { SettingsFile } from '@defter/platform';

/** A tenant's account at a provider, as far as receiving needs it. */
export interface Connection {
  readonly id: string;
  readonly tenantId: string;
  readonly provider: string;
  /** All live keys: while a secret rotates there are two. */
  readonly signingKeys: readonly SigningKey[];
  /** `webhook_signature_enforced`; off, an unverified event is stored and moves no money. */
  readonly signatureEnforced: boolean;
}

interface ConnectionsFile {
  readonly tenants?: readonly {
    readonly id: string;
    readonly connections?: readonly (Omit<Connection, 'tenantId' | 'signatureEnforced'> & {
      readonly signatureEnforced?: boolean;
    })[];
  }[];
}

/** The connections of the settings file. */
@Injectable()
export class Connections {
  constructor(private readonly settings: SettingsFile) {}

  /** The connection of that id, if it is at that provider. A new one is found at once. */
  async find(provider: string, id: string): Promise<Connection | undefined> {
    const known = this.settings.peek(parseConnections) ?? (await this.settings.read(parseConnections));
    const connection = known.get(id) ?? (await this.settings.reread(parseConnections)).get(id);
    return connection?.provider === provider ? connection : undefined;
  }
}

/**
 * Takes from the settings file what receiving needs. Enforcement is on unless it says `false`: a forgotten field must
 * not open the door. @throws Error when two tenants have a connection of one id: the path names no tenant
 */
export function parseConnections(json: unknown): ReadonlyMap<string, Connection> {
  const { tenants = [] } = json as ConnectionsFile;
  const connections = new Map<string, Connection>();
  for (const { id: tenantId, connections: own = [] } of tenants) {
    for (const { id, provider, signingKeys, signatureEnforced } of own) {
      if (connections.has(id)) throw new Error(`connection ${id}: the id is taken by another connection`);
      if (!Array.isArray(signingKeys)) throw new Error(`connection ${id}: signingKeys must be a list`);
      const enforced = signatureEnforced !== false;
      connections.set(id, { id, tenantId, provider, signingKeys, signatureEnforced: enforced });
    }
  }
  return connections;
}
