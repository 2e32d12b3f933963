import { Body, Controller, HttpCode, Post, StreamableFile } from '@nestjs/common';
import { Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../../ledger-request.js';
import { Verifications } from './verifications.js';
import { toHeld } from './verify.wire.js';

@Controller(['v2/:ledger/verify', 'api/ledger/v2/:ledger/verify'])
export class VerifyController {
  constructor(private readonly verifications: Verifications) {}

  @Post()
  @HttpCode(200)
  @Scope('ledger:read')
  async verify(@Body() body: unknown, @Request() request: LedgerRequest): Promise<StreamableFile> {
    request.query();
    const lines = await this.verifications.begin({ ...request.address, ...toHeld(body) });
    return new StreamableFile(lines, { type: 'application/x-ndjson' });
  }
}
