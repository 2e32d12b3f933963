import { Inject, Injectable } from '@nestjs/common';
import type { Metadata } from '@grpc/grpc-js';
import type {
  BalanceReply,
  CreateTransactionRequest,
  GetBalanceRequest,
  HoldReply,
  PostHoldRequest,
  RevertReply,
  RevertRequest,
  StreamedEvent,
  StreamEventsRequest,
  TransactionReply,
  VoidHoldRequest,
} from '@defter/ledger-contracts';
import { isAddress, isAssetCode } from '@defter/ledger-domain';
import { authenticateToken, type Caller, malformed, SettingsFile } from '@defter/platform';
import { AccountReader } from '../accounts/account.read.js';
import { answer } from '../answer.js';
import type { Outcome } from '../engine/submission.js';
import { LedgerEngine, refuseForceWithout } from '../ledger-engine.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { EventReader } from '../logs/event.read.js';
import { toLedgerEvent } from '../publishing/ledger-event.message.js';
import { type CommandKind, type Requests, toSubmission } from './command.wire.js';
import { toReply } from './reply.wire.js';
import type { SubmitDesk } from './submit-stream.js';

const EVENTS_PER_READ = 500;

/** The calls of the gRPC service: the same readers, engine and refusals as REST. */
@Injectable()
export class LedgerGrpcMethods {
  @Inject() private readonly settings!: SettingsFile;

  constructor(
    private readonly engine: LedgerEngine,
    private readonly ledgers: Ledgers,
    private readonly accounts: AccountReader,
    private readonly events: EventReader,
  ) {}

  createTransaction(request: CreateTransactionRequest, metadata: Metadata): Promise<TransactionReply> {
    return this.write(request, metadata, 'createTransaction');
  }

  postHold(request: PostHoldRequest, metadata: Metadata): Promise<HoldReply> {
    return this.write(request, metadata, 'postHold');
  }

  voidHold(request: VoidHoldRequest, metadata: Metadata): Promise<HoldReply> {
    return this.write(request, metadata, 'voidHold');
  }

  revert(request: RevertRequest, metadata: Metadata): Promise<RevertReply> {
    return this.write(request, metadata, 'revert');
  }

  /** What a stream of commands needs: the same checks and the same engine as single calls. */
  submitDesk(metadata: Metadata): Pick<SubmitDesk, 'caller' | 'submit'> {
    return {
      caller: () => this.caller(metadata, 'ledger:write'),
      submit: (address, submissions) => this.engine.submitEach(address, submissions),
    };
  }

  async getBalance({ ledger, account, asset }: GetBalanceRequest, metadata: Metadata): Promise<BalanceReply> {
    const { tenantId } = await this.caller(metadata, 'ledger:read');
    if (!isAddress(account))
      throw malformed([{ loc: ['account'], msg: 'must be an account address', type: 'address' }]);
    if (!isAssetCode(asset))
      throw malformed([{ loc: ['asset'], msg: 'must be an asset such as TRY/2', type: 'asset' }]);
    const { ledgerId } = await this.ledgers.find(tenantId, ledger);
    const { sequence, balance } = await this.accounts.balanceAt(ledgerId, account, asset);
    const { input = 0n, output = 0n, pendingIn = 0n, pendingOut = 0n } = balance ?? {};
    const posted = input - output;
    return {
      posted: String(posted),
      pendingOut: String(pendingOut),
      pendingIn: String(pendingIn),
      available: String(posted - pendingOut),
      sequence: String(sequence),
    };
  }

  /** A ledger's events as they are on Kafka, from the one after the given sequence. */
  async *streamEvents(request: StreamEventsRequest, metadata: Metadata): AsyncGenerator<StreamedEvent> {
    const { tenantId } = await this.caller(metadata, 'ledger:read');
    const { ledgerId } = await this.ledgers.find(tenantId, request.ledger);
    let after = toSequence(request.afterSequence);
    let left = request.limit === 0 ? Number.MAX_SAFE_INTEGER : request.limit;
    while (left > 0) {
      const limit = Math.min(left, EVENTS_PER_READ);
      const records = await this.events.after(ledgerId, { after, limit });
      for (const record of records) {
        const body = JSON.stringify(toLedgerEvent(request.ledger, record));
        yield { sequence: String(record.sequence), body };
        after = BigInt(record.sequence);
      }
      if (records.length < limit) return;
      left -= records.length;
    }
  }

  private async write<K extends CommandKind>(
    request: Requests[K],
    metadata: Metadata,
    kind: K,
  ): Promise<ReturnType<(typeof toReply)[K]>> {
    const caller = await this.caller(metadata, 'ledger:write');
    const submission = toSubmission(kind, request);
    refuseForceWithout(caller, [submission]);
    const { tenantId } = caller;
    const outcome: Outcome = await this.engine.submit({ tenantId, ledger: request.ledger }, submission);
    const { data } = answer(outcome, (record) => toReply[kind](record, outcome.hit));
    return data as ReturnType<(typeof toReply)[K]>;
  }

  private caller(metadata: Metadata, scope: string): Promise<Caller> {
    const text = (name: string) => metadata.get(name)[0]?.toString();
    return authenticateToken(this.settings, {
      authorization: text('authorization'),
      tenant: text('defter-tenant'),
      scope,
    });
  }
}

/** A place in the log; uint64 holds more than any log can. @throws ProblemException `malformed` */
const toSequence = (given: string | number): bigint => {
  const sequence = BigInt(given);
  if (sequence <= BigInt(Number.MAX_SAFE_INTEGER)) return sequence;
  const msg = `must be at most ${Number.MAX_SAFE_INTEGER}`;
  throw malformed([{ loc: ['after_sequence'], msg, type: 'integer' }]);
};
