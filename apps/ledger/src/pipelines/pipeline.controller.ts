import { Body, Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { notFound, Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { type ListForm, listPage, textPlace } from '../list-request.js';
import { PipelineReader, type PipelineState } from './pipeline.read.js';
import { pipelineView, toNewPipeline } from './pipeline.wire.js';
import { Pipelines } from './pipelines.js';

const PIPELINES: ListForm<PipelineState, unknown, string> = {
  kind: 'pipelines',
  parsePlace: textPlace,
  place: ({ id }) => id,
  view: pipelineView,
};

@Controller(['v2/:ledger/pipelines', 'api/ledger/v2/:ledger/pipelines'])
export class PipelineController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly reader: PipelineReader,
    private readonly pipelines: Pipelines,
  ) {}

  @Get()
  @Scope('ledger:read')
  async list(@Request() request: LedgerRequest) {
    const { ledgerId } = await this.ledgers.at(request.address);
    const page = (after: string | undefined, limit: number) => this.reader.list(ledgerId, { after, limit });
    return listPage(request, PIPELINES, page);
  }

  @Post()
  @HttpCode(201)
  @Scope('ledger:admin')
  async create(@Body() body: unknown, @Request() request: LedgerRequest) {
    request.query();
    const pipeline = toNewPipeline(body);
    const { ledgerId } = await this.ledgers.at(request.address);
    return this.state(ledgerId, await this.pipelines.create(ledgerId, pipeline));
  }

  @Get(':id')
  @Scope('ledger:read')
  async get(@Request() request: LedgerRequest) {
    request.query();
    const { ledgerId } = await this.ledgers.at(request.address);
    return this.state(ledgerId, request.params['id'] ?? '');
  }

  @Post(':id/start')
  @HttpCode(202)
  @Scope('ledger:admin')
  start(@Request() request: LedgerRequest): Promise<void> {
    return this.change(request, (ledgerId, id) => this.pipelines.setRunning(ledgerId, id, true));
  }

  @Post(':id/stop')
  @HttpCode(202)
  @Scope('ledger:admin')
  stop(@Request() request: LedgerRequest): Promise<void> {
    return this.change(request, (ledgerId, id) => this.pipelines.setRunning(ledgerId, id, false));
  }

  @Post(':id/reset')
  @HttpCode(202)
  @Scope('ledger:admin')
  reset(@Request() request: LedgerRequest): Promise<void> {
    return this.change(request, (ledgerId, id) => this.pipelines.reset(ledgerId, id));
  }

  @Delete(':id')
  @HttpCode(204)
  @Scope('ledger:admin')
  remove(@Request() request: LedgerRequest): Promise<void> {
    return this.change(request, (ledgerId, id) => this.pipelines.remove(ledgerId, id));
  }

  private async state(ledgerId: number, id: string) {
    const found = await this.reader.find(ledgerId, id);
    if (found === undefined) throw noPipeline();
    return { data: pipelineView(found) };
  }

  private async change(
    request: LedgerRequest,
    change: (ledgerId: number, id: string) => Promise<boolean>,
  ): Promise<void> {
    request.query();
    const { ledgerId } = await this.ledgers.at(request.address);
    if (!(await change(ledgerId, request.params['id'] ?? ''))) throw noPipeline();
  }
}

const noPipeline = () => notFound('There is no such pipeline');
