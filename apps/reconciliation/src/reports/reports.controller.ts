import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller, notFound, Scope } from '@defter/platform';
import { contentPolicy } from './page/style.js';
import { type ReportKind, reportKinds } from './report.js';
import { type Answer, ReportAnswers } from './report-answers.js';
import { ReportQuery } from './report.wire.js';

/** Reports as JSON, as a table for spreadsheets, as a page. */
@Controller('api/v1/payments/reconciliation/reports')
export class ReportsController {
  constructor(private readonly answers: ReportAnswers) {}

  @Get()
  @Scope('reconciliation:read')
  list(@Caller() { tenantId }: Caller) {
    return this.answers.list(tenantId);
  }

  @Get('stuck')
  @Scope('reconciliation:read')
  async stuck(
    @Caller() { tenantId }: Caller,
    @Query() query: ReportQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(reply, await this.answers.stuck(tenantId, wishOf(query, reply)));
  }

  /** The daily report of a date. */
  @Get(':date')
  @Scope('reconciliation:read')
  async daily(
    @Param('date') name: string,
    @Caller() { tenantId }: Caller,
    @Query() query: ReportQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = { tenantId, kind: 'daily', name } as const;
    send(reply, await this.answers.find(place, wishOf(query, reply)));
  }

  @Get(':kind/:date')
  @Scope('reconciliation:read')
  async ofKind(
    @Param() { kind, date: name }: { kind: string; date: string },
    @Caller() { tenantId }: Caller,
    @Query() query: ReportQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!isKind(kind)) throw notFound();
    send(reply, await this.answers.find({ tenantId, kind, name }, wishOf(query, reply)));
  }
}

const isKind = (kind: string): kind is ReportKind => reportKinds.some((each) => each === kind);

const wishOf = ({ lang, version }: ReportQuery, { request: { headers } }: FastifyReply) => ({
  ...{ language: lang, version: version === undefined ? undefined : parseInt(version, 10) },
  ...{ accept: headers.accept, acceptLanguage: headers['accept-language'] },
});

function send(reply: FastifyReply, { body, mediaType }: Answer): void {
  const headers = {
    'content-type': mediaType,
    'content-security-policy': contentPolicy,
    'referrer-policy': 'no-referrer',
    vary: 'accept, accept-language',
  };
  void reply.headers(headers).send(body);
}
