import { Injectable } from '@nestjs/common';
import { type Connection, parseSettings, type Tenant } from '@defter/backoffice-contracts';
import { Fault, SettingsFile } from '@defter/platform';

/** The tenants as the settings file has them now. */
@Injectable()
export class Tenants {
  constructor(private readonly settings: SettingsFile) {}

  async all(): Promise<readonly Tenant[]> {
    return (await this.settings.read(parseSettings)).tenants;
  }

  /** The tenant; undefined while it isn't in the file, looked at afresh. */
  async find(tenantId: string): Promise<Tenant | undefined> {
    const byId = ({ id }: Tenant) => id === tenantId;
    const known = (await this.all()).find(byId);
    return known ?? (await this.settings.reread(parseSettings)).tenants.find(byId);
  }

  /** @throws Fault while the tenant isn't in the file: work for it waits until it is */
  async get(tenantId: string): Promise<Tenant> {
    const tenant = await this.find(tenantId);
    if (tenant === undefined) throw new Fault('tenant-unknown', `The settings have no tenant ${tenantId}`, 5);
    return tenant;
  }
}

/** The tenant's connection with this id, or its first one. */
export const connectionOf = (tenant: Tenant, connectionId?: string): Connection | undefined =>
  connectionId === undefined
    ? tenant.connections[0]
    : tenant.connections.find(({ id }) => id === connectionId);
