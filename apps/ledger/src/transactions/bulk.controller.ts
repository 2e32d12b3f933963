import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { BodyLimit, Caller, CONFIG, HotPath, malformed, Scope } from '@defter/platform';
import type { FastifyReply } from 'fastify';
import { refusalDetails } from '../answer.js';
import type { LedgerConfig } from '../config.js';
import type { EventRecord, GroupMode, Outcome } from '../engine/submission.js';
import { LedgerEngine, refuseForceWithout } from '../ledger-engine.js';
import { errorCodeOf, refusalProblems } from '../ledger.problems.js';
import { refuseUnknownQuery, toFlag, toKey } from '../write-request.js';
import { type BulkAction, type BulkElement, toBulk } from './bulk.wire.js';
import { holdView, transactionView } from './transaction.view.js';

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
  async bulk(
    @Param('ledger') ledger: string,
    @Body() body: unknown,
    @Query() query: Record<string, string>,
    @Headers('idempotency-key') key: string | undefined,
    @Caller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    refuseUnknownQuery(query, ['atomic', 'continueOnFailure', 'parallel']);
    const elements = toBulk(body, this.config.bulkLimit, toKey(key, ['header', 'idempotency-key']));
    refuseForceWithout(caller, elements);
    const address = { tenantId: caller.tenantId, ledger };
    const outcomes = await this.engine.submitAll(address, elements, modeOf(query));
    if (outcomes.some(({ accepted }) => !accepted)) void reply.code(400);
    const last = outcomes.findLast((outcome) => outcome.accepted);
    if (last?.accepted === true) void reply.header('defter-sequence', String(last.record.sequence));
    return { data: outcomes.map((outcome, index) => elementView(elements[index], outcome)) };
  }
}

/** `parallel` is accepted for those who send it: elements are decided in order and committed together anyway. */
const modeOf = (query: Readonly<Record<string, string>>): GroupMode => {
  const atomic = toFlag('atomic', query['atomic']);
  const continues = toFlag('continueOnFailure', query['continueOnFailure']);
  toFlag('parallel', query['parallel']);
  if (atomic && continues) {
    const msg = 'contradicts atomic: all or nothing cannot go on after a failure';
    throw malformed([{ loc: ['query', 'continueOnFailure'], msg, type: 'contradiction' }]);
  }
  return atomic ? 'atomic' : continues ? 'continue' : 'stop';
};

const elementView = (element: BulkElement | undefined, outcome: Outcome) => {
  if (!outcome.accepted) {
    const { code } = outcome.refusal;
    const { detail, details } = refusalDetails(outcome);
    const errorCode = errorCodeOf(code, refusalProblems[code].status);
    return { responseType: 'ERROR', errorCode, errorDescription: detail, code, details, logID: 0 };
  }
  const { record, hit } = outcome;
  const data = element === undefined ? undefined : views[element.action](record);
  return {
    responseType: element?.action,
    logID: record.sequence,
    ...(hit ? { idempotencyHit: true } : {}),
    ...(data === undefined ? {} : { data }),
  };
};

const views: Readonly<Record<BulkAction, (record: EventRecord) => unknown>> = {
  CREATE_TRANSACTION: transactionView,
  REVERT_TRANSACTION: transactionView,
  POST_HOLD: holdView,
  VOID_HOLD: holdView,
  ADD_METADATA: () => undefined,
  DELETE_METADATA: () => undefined,
};
