import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { BodyLimit, CONFIG, HotPath, malformed, Scope } from '@defter/platform';
import type { LedgerConfig } from '../config.js';
import type { Outcome } from '../engine/submission.js';
import { LedgerEngine, refuseForceWithout, type Terms } from '../ledger-engine.js';
import { LedgerRequest, Request } from '../ledger-request.js';
import { elementView } from './bulk-result.js';
import { toBulk } from './bulk.wire.js';

const MAX_BULK_BYTES = 4 * 1024 * 1024;

@Controller(['v2/:ledger/_bulk', 'api/ledger/v2/:ledger/_bulk'])
export class BulkController {
  constructor(
    private readonly engine: LedgerEngine,
    @Inject(CONFIG) private readonly config: LedgerConfig,
  ) {}

  @Post()
  @HttpCode(200)
  @HotPath()
  @BodyLimit(MAX_BULK_BYTES)
  @Scope('ledger:write')
  async bulk(@Body() body: unknown, @Request() request: LedgerRequest) {
    request.query('atomic', 'continueOnFailure', 'parallel');
    const terms = termsOf(request);
    const elements = toBulk(body, this.config.bulkLimit, { key: request.key, mode: terms.mode });
    refuseForceWithout(request.caller, elements);
    const outcomes = await this.engine.submitShown(request.address, elements, terms);
    markAll(request, outcomes);
    return { data: outcomes.map((outcome, index) => elementView(elements[index], outcome)) };
  }
}

/** 400 when something was refused; the sequence is that of the last one that was accepted. */
const markAll = (request: LedgerRequest, outcomes: readonly Outcome[]): void => {
  if (outcomes.some(({ accepted }) => !accepted)) request.status(400);
  const last = outcomes.findLast(({ accepted }) => accepted);
  if (last !== undefined) request.mark({ ...last, hit: false });
};

/**
 * `parallel` is accepted for those who send it: elements are decided in order and committed together anyway.
 */
const termsOf = (request: LedgerRequest): Terms => {
  const atomic = request.flag('atomic');
  const continues = request.flag('continueOnFailure');
  request.flag('parallel');
  const terms = { dryRun: false, sharesKey: request.key !== undefined, areElements: true };
  if (!atomic) return { mode: continues ? 'continue' : 'stop', ...terms };
  if (!continues) return { mode: 'atomic', ...terms };
  const msg = 'contradicts atomic: all or nothing cannot go on after a failure';
  throw malformed([{ loc: ['query', 'continueOnFailure'], msg, type: 'contradiction' }]);
};
