import { Controller, Get, Header, Param, UseGuards } from '@nestjs/common';
import { notFound, Public } from '@defter/platform';
import { ConnectionKeyGuard, Merchant } from '../connection-key.js';
import { type MerchantConnection } from '../connections.js';
import { Settlements } from './settlements.read.js';

@Controller('v1/settlements')
@UseGuards(ConnectionKeyGuard)
export class SettlementsController {
  constructor(private readonly settlements: Settlements) {}

  @Get()
  @Public()
  async list(@Merchant() { id }: MerchantConnection) {
    const files = await this.settlements.files(id);
    return {
      data: files.map((each) => ({ id: `settlement-${id}-${each.date}`, ...each, file: `${each.date}.csv` })),
    };
  }

  @Get(':file')
  @Public()
  @Header('content-type', 'text/csv; charset=utf-8')
  async file(@Merchant() { id }: MerchantConnection, @Param('file') name: string): Promise<string> {
    const date = /^(\d{4}-\d{2}-\d{2})\.csv$/.exec(name)?.[1];
    const file = date === undefined ? undefined : await this.settlements.file(id, date);
    if (file === undefined) throw notFound('There is no settlement file of that name');
    return file;
  }
}
