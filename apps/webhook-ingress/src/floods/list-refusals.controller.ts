import { Controller, Get } from '@nestjs/common';
import { Caller, Scope } from '@defter/platform';
import { type RefusalRow, Refusals, type SampleRow } from './refusals.read.js';

/** What was refused, by the hour, with a few examples. */
@Controller('api/v1/payments/webhook-refusals')
export class ListRefusalsController {
  constructor(private readonly refusals: Refusals) {}

  @Get()
  @Scope('webhooks:read')
  async list(@Caller() { tenantId }: Caller) {
    const [counts, samples] = [await this.refusals.counts(tenantId), await this.refusals.samples(tenantId)];
    return { data: counts.map(toCountView), samples: samples.map(toSampleView) };
  }
}

function toCountView({ provider, connectionId, reason, hourAt, refused }: RefusalRow) {
  return { provider, connection_id: connectionId, reason, hour: hourAt.toISOString(), refused };
}

function toSampleView(row: SampleRow) {
  return {
    ...{ connection_id: row.connectionId, reason: row.reason, source: row.source, path: row.path },
    ...{ headers: row.headers, body_base64: row.body.toString('base64'), body_length: row.bodyLength },
    refused_at: row.refusedAt.toISOString(),
  };
}
