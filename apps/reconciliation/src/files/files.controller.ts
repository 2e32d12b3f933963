import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { BodyStream, Caller, notFound, respond, Scope } from '@defter/platform';
import type {
  HandedInView,
  PreviewView,
  ReceivedFilePage,
  ReceivedFileView,
} from '@defter/reconciliation-contracts';
import { fileProblems } from './file.problems.js';
import { ConnectionRuleBody, HandInQuery, ListFilesQuery, PreviewBody } from './file.wire.js';
import { Files } from './files.js';
import { toPreviewView } from './preview.wire.js';
import { ReceivedFiles } from './received-files.read.js';

@Controller('api/v1/payments/reconciliation')
export class FilesController {
  constructor(
    private readonly files: Files,
    private readonly received: ReceivedFiles,
  ) {}

  /** 200 with how many lines it added: 0 for one that was here before. */
  @Post('files')
  @HttpCode(200)
  @Scope('reconciliation:write')
  async handIn(
    @Query() query: HandInQuery,
    @BodyStream() stream: AsyncIterable<unknown>,
    @Caller() caller: Caller,
  ): Promise<HandedInView> {
    const outcome = await this.files.handIn(caller, query, stream);
    return respond(outcome, fileProblems, ({ id, lines, outcome, reports }) => ({
      ...{ id, lines, outcome, reports },
    }));
  }

  @Get('files')
  @Scope('reconciliation:read')
  list(@Query() query: ListFilesQuery, @Caller() { tenantId }: Caller): Promise<ReceivedFilePage> {
    return this.received.list(tenantId, query);
  }

  @Get('files/:id')
  @Scope('reconciliation:read')
  async get(@Param('id') id: string, @Caller() { tenantId }: Caller): Promise<ReceivedFileView> {
    const file = await this.received.find(tenantId, id);
    if (file === undefined) throw notFound();
    return file;
  }

  @Put('connections/:provider/:connection/rule')
  @HttpCode(204)
  @Scope('reconciliation:write')
  async keepRule(
    @Param() { provider, connection }: { provider: string; connection: string },
    @Body() body: ConnectionRuleBody,
    @Caller() caller: Caller,
  ): Promise<void> {
    const outcome = await this.files.keepRule(caller, { provider, connectionId: connection }, body);
    respond(outcome, fileProblems, () => undefined);
  }

  @Post('mapping/preview')
  @HttpCode(200)
  @Scope('reconciliation:write')
  async preview(@Body() { mapping, sample }: PreviewBody): Promise<PreviewView> {
    return toPreviewView(await this.files.preview(mapping, sample));
  }
}
