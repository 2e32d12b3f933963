import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, notFound, Public, respond } from '@defter/platform';
import { Bookkeeper } from '../book/bookkeeper.js';
import { Connections } from '../connections/connections.js';
import { Settlements } from '../settlements/settlements.read.js';
import { bookView, faultProblems, injectedView, ReportFaultsBody } from './rehearsal.wire.js';
import { decideFaults } from './set-faults.decider.js';

/**
 * What a test needs and no provider has: faults on demand, and the truth. Without a key, for it only exists where
 * MOCK_PSP_TEST_ENDPOINTS says so.
 */
@Controller('_test')
export class RehearsalController {
  constructor(
    private readonly bookkeeper: Bookkeeper,
    private readonly settlements: Settlements,
    private readonly connections: Connections,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post('report-faults')
  @Public()
  async setFaults(@Body() { connectionId, faults: wanted }: ReportFaultsBody) {
    if ((await this.connections.findById(connectionId)) === undefined)
      throw notFound('There is no such connection');
    const { book } = this.bookkeeper;
    const command = { connectionId, wanted, at: this.clock.now() };
    const decision = decideFaults(
      command,
      this.settlements.movements(connectionId),
      book.faultsOf(connectionId),
    );
    if (decision.accepted) for (const event of decision.events) await this.bookkeeper.record(event);
    return respond(decision, faultProblems, ({ events }) => ({
      data: events.flatMap(({ faults }) => faults),
    }));
  }

  @Get('ground-truth')
  @Public()
  async groundTruth(@Query('connectionId') connectionId?: string) {
    const ids = connectionId === undefined ? this.faultyConnections() : [connectionId];
    const injected = await Promise.all(ids.map((id) => this.settlements.injected(id)));
    return { data: injected.flat().map(injectedView) };
  }

  @Get('book')
  @Public()
  async whole(@Query('connectionId') connectionId?: string) {
    await this.bookkeeper.settled();
    const { book } = this.bookkeeper;
    const ids = connectionId === undefined ? book.connectionIds() : [connectionId];
    const now = this.clock.now();
    return {
      data: ids.flatMap((id) => book.operationsOf(id).map((operation) => bookView(operation, book, now))),
    };
  }

  private faultyConnections(): readonly string[] {
    return [...new Set(this.bookkeeper.book.allFaults().map(({ connectionId }) => connectionId))];
  }
}
