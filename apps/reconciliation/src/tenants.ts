import { Inject, Injectable } from '@nestjs/common';
import { parseSettings, type Tenant } from '@defter/backoffice-contracts';
import { CONFIG, SettingsFile } from '@defter/platform';
import type { Config } from './config.js';

/** A tenant as jobs and reports need it. */
export interface JobTenant extends Pick<Tenant, 'id' | 'name' | 'ledger' | 'connections'> {
  /** Whose midnight ends its business day. */
  readonly zone: string;
}

/** The tenants there are now. */
@Injectable()
export class Tenants {
  constructor(
    private readonly settings: SettingsFile,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async all(): Promise<JobTenant[]> {
    const { tenants } = await this.settings.read(parseSettings);
    return tenants.map(({ id, name, ledger, connections, businessZone = this.config.businessZone }) => ({
      ...{ id, name, ledger, connections, zone: businessZone },
    }));
  }

  async find(tenantId: string): Promise<JobTenant | undefined> {
    return (await this.all()).find(({ id }) => id === tenantId);
  }
}
