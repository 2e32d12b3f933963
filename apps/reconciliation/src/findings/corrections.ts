import { Injectable } from '@nestjs/common';
import { Fault, Logger, type Transaction } from '@defter/platform';
import { isActiveRun } from '@defter/reconciliation-domain';
import type { LedgerName } from '../ledger-api.js';
import { type BookingAnswer, type BookingRequest, KEY_CONFLICT } from '../ledger-booking.js';
import type { JobTenant } from '../tenants.js';
import { CorrectionMeans } from './correction-means.js';
import { toBookingRequest } from './correction-request.js';
import { CorrectionQueue, type ToConfirm } from './correction-queue.js';
import { atStakeOf } from './entry-rules.js';
import { Findings } from './findings.js';
import { findProposal, type ProposalRow } from './proposal-row.js';
import type { FindingRecord } from './finding.js';

const FINDING = `select * from finding where tenant_id = $1 and id = $2`;

/**
 * Books what two people decided, in steps that each commit before the next begins:
 *
 *   approved → a run is asked for that must see the difference again → booking (written ahead; from here on
 *   it can't be stopped) → the ledger is asked, with a key that is always the same → booked or refused
 *
 * Without an answer it is `unknown`, until one of the later questions is answered; nothing is guessed.
 */
@Injectable()
export class Corrections {
  constructor(
    private readonly queue: CorrectionQueue,
    private readonly findings: Findings,
    private readonly means: CorrectionMeans,
    private readonly logger: Logger,
  ) {}

  /** One look at everything that waits. @returns whether there may be more to do right now */
  async round(stopping: () => boolean): Promise<boolean> {
    let worked = false;
    for (const tenant of await this.means.tenants.all()) {
      if (stopping()) return false;
      await this.expire(tenant.id);
      for (const proposal of await this.queue.toConfirm(tenant.id, this.means.clock.now()))
        worked = (await this.confirm(tenant.id, proposal)) || worked;
      for (;;) {
        const proposal = stopping() ? undefined : await this.queue.take(tenant.id);
        if (proposal === undefined) break;
        await this.book(tenant, proposal);
      }
    }
    return worked;
  }

  private async expire(tenantId: string): Promise<void> {
    const now = this.means.clock.now();
    for (const { finding_id, proposal_id: proposalId } of await this.queue.expired(tenantId, now))
      await this.findings.handle(tenantId, finding_id, {
        type: 'ExpireProposal',
        proposalId,
        at: now.getTime(),
      });
  }

  /** Has a run look again, or begins the booking when it has. @returns whether booking can go on */
  private async confirm(tenantId: string, proposal: ToConfirm): Promise<boolean> {
    const {
      proposal_id: proposalId,
      confirming_run: runId,
      provider,
      connection_id: connectionId,
    } = proposal;
    if (runId === null) {
      const asked = await this.means.runs.ask(
        tenantId,
        { provider, connectionId },
        `correction ${proposalId}`,
      );
      this.means.crash.reach('correction.after-look');
      if (asked !== undefined) await this.queue.confirmBy(tenantId, proposal, asked);
      return false;
    }
    const status = await this.means.runs.statusOf(tenantId, runId);
    if (status !== undefined && isActiveRun(status)) return false;
    const isBegun = status === 'completed' && (await this.begin(tenantId, proposal, runId));
    if (!isBegun) await this.queue.lookAgain(tenantId, proposalId);
    return isBegun;
  }

  private async begin(
    tenantId: string,
    { finding_id, proposal_id: proposalId, approved_revision }: ToConfirm,
    runId: string,
  ): Promise<boolean> {
    const { crash, database, clock } = this.means;
    const handled = await database.transaction(async (tx) => {
      const outcome = await this.findings.handleWith(tenantId, finding_id, ({ record, state }) => {
        const { proposal } = state;
        // What is gone for a correction is what a reversal waits for; the finding itself says which it is.
        const isSeen = record.observed_by === runId || proposal?.kind === 'take_back';
        const isConfirmed = isSeen && proposal?.revision === approved_revision;
        const at = clock.now().getTime();
        return Promise.resolve({ command: { type: 'BeginBooking', proposalId, isConfirmed, at } });
      });
      crash.reach('correction.before-begin');
      tx.afterCommit(() => crash.reach('correction.after-begin'));
      return outcome;
    });
    return handled.accepted;
  }

  private async book({ id: tenantId, ledger }: JobTenant, proposal: ProposalRow): Promise<void> {
    const { proposal_id: proposalId, finding_id, takes_back } = proposal;
    const { crash, database, ledger: booking } = this.means;
    crash.reach('correction.after-take');
    const [finding] = await database.query<FindingRecord>(FINDING, [tenantId, finding_id]);
    if (finding === undefined) throw new Error(`Proposal ${proposalId} has no finding`);
    const earlier = takes_back === null ? undefined : await findProposal(database, tenantId, takes_back);
    const request = toBookingRequest(ledger, finding, proposal, earlier?.transaction_id ?? null);
    const answer = await this.certain({ tenantId, ledger }, request, await booking.ask(tenantId, request));
    crash.reach('correction.after-answer');
    await this.record(tenantId, proposal, answer);
  }

  /**
   * Of a key that stands for something else the ledger's word is a refusal, unless it has exactly these
   * postings under our reference: a process of before may have asked for them in other words.
   */
  private async certain(
    name: LedgerName,
    { method, body }: BookingRequest,
    answer: BookingAnswer,
  ): Promise<BookingAnswer> {
    if (answer.outcome !== 'refused' || answer.code !== KEY_CONFLICT || method !== 'CreateTransaction')
      return answer;
    try {
      const { reference = '', postings } = body;
      const transactionId = await this.means.ledgerApi.transactionWith(name, reference, postings);
      return transactionId === undefined ? answer : { outcome: 'booked', transactionId, sequence: null };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { outcome: 'unknown', because: error.message };
    }
  }

  private async record(tenantId: string, proposal: ProposalRow, answer: BookingAnswer): Promise<void> {
    const { proposal_id: proposalId, finding_id: findingId } = proposal;
    const about = { tenantId, findingId, proposalId };
    if (answer.outcome === 'unknown') {
      this.logger.error('The ledger gave no answer about a correction; it is asked again', {
        ...about,
        ...answer,
      });
      await this.queue.unknown(tenantId, proposalId, answer.because);
      return;
    }
    const { crash, database, reversals } = this.means;
    await database.transaction(async (tx) => {
      // What it booked, or what it was to take back, may have been reverted before this is known.
      const moved = answer.outcome === 'booked' ? BigInt(answer.transactionId) : undefined;
      const watched = moved ?? (await this.takenBackBy(tx, tenantId, proposal));
      if (watched !== undefined) await reversals.lock(tx, tenantId, watched);
      await this.findings.handleWith(tenantId, findingId, ({ record }) => {
        const difference = atStakeOf(record)?.difference ?? 0n;
        const command =
          answer.outcome === 'booked'
            ? ({ type: 'Booked', transactionId: answer.transactionId, difference } as const)
            : ({ type: 'RefuseBooking', code: answer.code, detail: answer.detail } as const);
        return Promise.resolve({ command: { ...command, proposalId } });
      });
      if (answer.outcome === 'booked' && answer.sequence !== null)
        await this.queue.keepSequence(tx, tenantId, proposalId, answer.sequence);
      if (watched !== undefined) await reversals.lookBack(tx, tenantId, watched);
      crash.reach('correction.before-record');
      tx.afterCommit(() => crash.reach('correction.after-record'));
    });
    const isForeign = answer.outcome === 'refused' && answer.code === KEY_CONFLICT;
    if (isForeign) this.logger.error('Somebody used the key of a correction for something else', about);
    this.logger.info('Correction', { ...about, ...answer });
  }

  /** The transaction that a taking back was to revert. */
  private async takenBackBy(
    tx: Transaction,
    tenantId: string,
    { takes_back }: ProposalRow,
  ): Promise<bigint | undefined> {
    if (takes_back === null) return undefined;
    return (await findProposal(tx, tenantId, takes_back))?.transaction_id ?? undefined;
  }
}
