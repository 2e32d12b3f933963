import { Body, Controller, Delete, Get, HttpCode, Put } from '@nestjs/common';
import { notFound, Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { type ListForm, listPage, textPlace } from '../list-request.js';
import { MonitorReader, type WatchedMonitor } from './monitor.read.js';
import { monitorView, toMonitorCondition, toMonitorId } from './monitor.wire.js';
import { MonitorStore } from './monitors.js';

const MONITORS: ListForm<WatchedMonitor, unknown, string> = {
  kind: 'monitors',
  parsePlace: textPlace,
  place: ({ monitor }) => monitor.id,
  view: monitorView,
};

@Controller(['v2/:ledger/monitors', 'api/ledger/v2/:ledger/monitors'])
export class MonitorController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly reader: MonitorReader,
    private readonly monitors: MonitorStore,
  ) {}

  @Get()
  @Scope('ledger:read')
  async list(@Request() request: LedgerRequest) {
    const { ledgerId } = await this.ledgers.at(request.address);
    return listPage(request, MONITORS, (after, limit) => this.reader.list(ledgerId, { after, limit }));
  }

  @Get(':id')
  @Scope('ledger:read')
  async get(@Request() request: LedgerRequest) {
    request.query();
    const { ledgerId } = await this.ledgers.at(request.address);
    const watched = await this.reader.find(ledgerId, toMonitorId(request.params['id']));
    if (watched === undefined) throw notFound('There is no such monitor');
    return { data: monitorView(watched) };
  }

  @Put(':id')
  @Scope('ledger:admin')
  async put(@Body() body: unknown, @Request() request: LedgerRequest) {
    request.query();
    const monitor = { id: toMonitorId(request.params['id']), ...toMonitorCondition(body) };
    const { ledgerId } = await this.ledgers.at(request.address);
    return { data: monitorView(await this.monitors.put(ledgerId, monitor)) };
  }

  @Delete(':id')
  @HttpCode(204)
  @Scope('ledger:admin')
  async remove(@Request() request: LedgerRequest): Promise<void> {
    request.query();
    const { ledgerId } = await this.ledgers.at(request.address);
    const removed = await this.monitors.remove(ledgerId, toMonitorId(request.params['id']));
    if (!removed) throw notFound('There is no such monitor');
  }
}
