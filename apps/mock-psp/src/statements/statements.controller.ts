import { Controller, Get, Header, Param, UseGuards } from '@nestjs/common';
import { notFound, Public } from '@defter/platform';
import { ConnectionKeyGuard, Merchant } from '../connection-key.js';
import { type MerchantConnection } from '../connections.js';
import { Statements } from './statements.read.js';

@Controller('v1/statements')
@UseGuards(ConnectionKeyGuard)
export class StatementsController {
  constructor(private readonly statements: Statements) {}

  @Get()
  @Public()
  async list(@Merchant() { id }: MerchantConnection) {
    const dates = await this.statements.dates(id);
    return { data: dates.map((date) => ({ id: `statement-${id}-${date}`, date, file: `${date}.xml` })) };
  }

  @Get(':file')
  @Public()
  @Header('content-type', 'application/xml; charset=utf-8')
  async file(@Merchant() { id }: MerchantConnection, @Param('file') name: string): Promise<string> {
    const date = /^(\d{4}-\d{2}-\d{2})\.xml$/.exec(name)?.[1];
    const file = date === undefined ? undefined : await this.statements.statement(id, date);
    if (file === undefined) throw notFound('There is no statement of that name');
    return file;
  }
}
