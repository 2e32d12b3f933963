import { Inject, Injectable } from '@nestjs/common';
import { type Connection, parseSettings } from '@defter/backoffice-contracts';
import { SettingsFile } from '@defter/platform';
import { REPORT_SOURCES, type ReportSource, type ReportSources } from './sources.js';

/** A tenant's account at a provider. */
export interface ConnectionName {
  readonly tenantId: string;
  readonly provider: string;
  readonly connectionId: string;
}

/** The tenants' connections whose reports we can read. */
@Injectable()
export class Connections {
  constructor(
    private readonly settings: SettingsFile,
    @Inject(REPORT_SOURCES) private readonly sources: ReportSources,
  ) {}

  /** Every tenant there is now. */
  async tenantIds(): Promise<string[]> {
    const { tenants } = await this.settings.read(parseSettings);
    return tenants.map(({ id }) => id);
  }

  /** How the provider is read, or nothing where no reports are read from it. */
  source(provider: string): ReportSource | undefined {
    return this.sources.get(provider);
  }

  /** The connection, or nothing where the tenant has none of that name at that provider. */
  async find({ tenantId, provider, connectionId }: ConnectionName): Promise<Connection | undefined> {
    const { tenants } = await this.settings.read(parseSettings);
    const tenant = tenants.find(({ id }) => id === tenantId);
    return tenant?.connections.find((known) => known.id === connectionId && known.provider === provider);
  }
}
