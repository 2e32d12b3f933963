import { Injectable } from '@nestjs/common';
import { parseSettings } from '@defter/backoffice-contracts';
import { SettingsFile } from '@defter/platform';

/** The tenants as the settings file has them now. */
@Injectable()
export class Tenants {
  constructor(private readonly settings: SettingsFile) {}

  async ids(): Promise<string[]> {
    return (await this.settings.read(parseSettings)).tenants.map(({ id }) => id);
  }
}
