import { Inject, Injectable } from '@nestjs/common';
import type { Metadata } from '@grpc/grpc-js';
import type {
  BalanceReply,
  CreateTransactionRequest,
  GetBalanceRequest,
  HoldReply,
  PostHoldRequest,
  StreamedEvent,
  StreamEventsRequest,
  TransactionReply,
  VoidHoldRequest,
} from '@defter/ledger-contracts';
import { isAddress, isAssetCode, type LedgerCommand } from '@defter/ledger-domain';
import { authenticateToken, type Caller, malformed, SettingsFile } from '@defter/platform';
import { AccountReader } from '../accounts/account.read.js';
import { answer } from '../answer.js';
import type { EventRecord, Outcome } from '../engine/submission.js';
import { toPostHold } from '../holds/hold.wire.js';
import { LedgerEngine } from '../ledger-engine.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { toCreateTransaction } from '../transactions/transaction.wire.js';
import { toKey } from '../ledger-request.js';
import { EventReader } from '../logs/event.read.js';
import { toLedgerEvent } from '../publishing/ledger-event.message.js';

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

  async createTransaction(request: CreateTransactionRequest, metadata: Metadata): Promise<TransactionReply> {
    const { postings, reference, metadata: notes, pending, expiresInSeconds } = request;
    const command = toCreateTransaction({
      postings,
      metadata: notes ?? {},
      ...(reference ? { reference } : {}),
      ...(pending === true ? { status: 'pending' } : {}),
      ...(expiresInSeconds ? { expiresIn: expiresInSeconds } : {}),
    });
    const { record, hit } = await this.write(request, metadata, command);
    const { event } = record;
    if (!('transaction' in event)) throw new Error('A created transaction has no transaction');
    return {
      transactionId: String(event.transaction.id),
      sequence: String(record.sequence),
      status: event.transaction.status,
      idempotencyHit: hit,
    };
  }

  postHold(request: PostHoldRequest, metadata: Metadata): Promise<HoldReply> {
    const { amounts = [], keepRemainder = false } = request;
    const body = {
      ...(amounts.length > 0 ? { amounts } : {}),
      remainder: keepRemainder ? 'keep' : 'release',
    };
    return this.changeHold(request, metadata, toPostHold(holdOf(request), body));
  }

  voidHold(request: VoidHoldRequest, metadata: Metadata): Promise<HoldReply> {
    return this.changeHold(request, metadata, { type: 'VoidHold', hold: holdOf(request) });
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
    let after = BigInt(request.afterSequence);
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

  private async changeHold(
    request: WriteRequest,
    metadata: Metadata,
    command: LedgerCommand,
  ): Promise<HoldReply> {
    const { record, hit } = await this.write(request, metadata, command);
    if (!('transactionId' in record.event)) throw new Error('A change of a hold names no hold');
    return {
      transactionId: String(record.event.transactionId),
      sequence: String(record.sequence),
      idempotencyHit: hit,
    };
  }

  private async write(
    { ledger, idempotencyKey }: WriteRequest,
    metadata: Metadata,
    command: LedgerCommand,
  ): Promise<{ record: EventRecord; hit: boolean }> {
    const { tenantId } = await this.caller(metadata, 'ledger:write');
    const key = toKey(idempotencyKey, ['idempotency_key']);
    if (key === undefined) throw malformed([{ loc: ['idempotency_key'], msg: 'is required', type: 'key' }]);
    const outcome: Outcome = await this.engine.submit({ tenantId, ledger }, { command, key });
    const { data } = answer(outcome, (record) => record);
    return { record: data, hit: outcome.hit };
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

interface WriteRequest {
  readonly ledger: string;
  readonly idempotencyKey: string;
}

const holdOf = ({ reference }: { reference: string }): { reference: string } => {
  if (reference === '') throw malformed([{ loc: ['reference'], msg: 'is required', type: 'reference' }]);
  return { reference };
};
