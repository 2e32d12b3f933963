import { Controller, Get } from '@nestjs/common';
import { Caller, Scope } from '@defter/platform';
import type { SummaryView } from '@defter/reconciliation-contracts';
import { ReadSummary } from './summary.read.js';

@Controller('api/v1/payments/reconciliation/summary')
export class SummaryController {
  constructor(private readonly reading: ReadSummary) {}

  @Get()
  @Scope('reconciliation:read')
  summary(@Caller() { tenantId }: Caller): Promise<SummaryView> {
    return this.reading.summary(tenantId);
  }
}
