import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Public, respond } from '@defter/platform';
import { Bookkeeper } from '../bookkeeper.js';
import { BookClock } from '../book-clock.js';
import { bookView, injectedView, playedView, ReportFaultsBody } from './rehearsal.wire.js';
import { ReportFaults } from './report-faults.handler.js';
import { faultProblems } from './report-faults.problems.js';

/**
 * What a test needs and no provider has: faults on demand, and the truth. Without a key, for it only exists
 * where MOCK_PSP_TEST_ENDPOINTS says so.
 */
@Controller('_test')
export class RehearsalController {
  constructor(
    private readonly reportFaults: ReportFaults,
    private readonly bookkeeper: Bookkeeper,
    private readonly clock: BookClock,
  ) {}

  @Post('report-faults')
  @Public()
  async setFaults(@Body() { connectionId, faults }: ReportFaultsBody) {
    const decision = await this.reportFaults.set(connectionId, faults);
    return respond(decision, faultProblems, ({ events }) => ({
      data: events.flatMap((event) => event.faults),
    }));
  }

  @Get('ground-truth')
  @Public()
  async groundTruth(@Query('connectionId') connectionId?: string) {
    const data = (await this.reportFaults.injected(connectionId)).map(injectedView);
    const { book } = this.bookkeeper;
    const ids = connectionId === undefined ? book.connectionIds() : [connectionId];
    return { data, played: ids.flatMap((id) => book.operationsOf(id).flatMap(playedView)) };
  }

  @Get('book')
  @Public()
  async whole(@Query('connectionId') connectionId?: string) {
    await this.bookkeeper.settled();
    const { book } = this.bookkeeper;
    const ids = connectionId === undefined ? book.connectionIds() : [connectionId];
    const now = this.clock.now();
    return { data: ids.flatMap((id) => book.operationsOf(id).map((each) => bookView(each, book, now))) };
  }
}
