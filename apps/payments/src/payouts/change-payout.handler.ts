import { Injectable } from '@nestjs/common';
import type { PayoutCommand } from '@defter/payments-domain';
import { type Caller, CrashPoints, Database, ProblemException } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { newOperation } from '../new-operation.js';
import { Routes } from '../routes.js';
import { payloadHashOf } from './payload-hash.js';
import { findPayout } from './payout.read.js';
import { type PayoutChangeRefusal, payoutProblems } from './payout.problems.js';
import { type PayoutOutcome, Payouts } from './payouts.js';

export type ChangeOutcome =
  PayoutOutcome | { readonly accepted: false; readonly refusal: PayoutChangeRefusal };

/** What people do to a payout; who may is decided by the aggregate, and by the database. */
@Injectable()
export class ChangePayout {
  constructor(
    private readonly database: Database,
    private readonly routes: Routes,
    private readonly payouts: Payouts,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  async approve(
    caller: Caller,
    payoutId: string,
    seen: { readonly payloadHash: string; readonly note: string },
  ): Promise<ChangeOutcome> {
    const tenant = await this.routes.tenant(caller.tenantId);
    const payout = await this.find(caller, payoutId);
    const { amountMinor, currency, destination: instrument } = payout;
    const routed = this.routes.choose(tenant, payout.connectionId, currency, instrument);
    if (!routed.accepted) return routed;
    const now = this.payouts.now();
    const wish = { kind: 'payout', amountMinor, currency, instrument } as const;
    return this.run(caller, payoutId, {
      type: 'ApprovePayout',
      by: caller.actor,
      role: tenant.keys.find(({ id }) => id === caller.keyId)?.role ?? 'approver',
      person: caller.kind === 'person',
      ...seen,
      at: now.toISOString(),
      operation: newOperation(tenant, routed.connection, wish, now),
    });
  }

  /** Says who looks at it; undefined is whoever calls. */
  async review(caller: Caller, payoutId: string, named: string | null | undefined): Promise<ChangeOutcome> {
    if (named === undefined && caller.kind !== 'person')
      return { accepted: false, refusal: { code: 'person-required' } };
    const assignee = named === undefined ? caller.actor : named;
    const { keys } = await this.routes.tenant(caller.tenantId);
    const isReviewer = keys.some(
      ({ kind, actor, scopes }) =>
        kind === 'person' && actor === assignee && scopes.includes('payouts:approve'),
    );
    if (assignee !== null && !isReviewer)
      return { accepted: false, refusal: { code: 'assignee-unknown', assignee } };
    return this.run(caller, payoutId, { type: 'AssignPayout', assignee, ...this.act(caller) });
  }

  /** Changes what may be changed while in review; what was approved of it is void. */
  async edit(
    caller: Caller,
    payoutId: string,
    change: {
      readonly seenHash: string;
      readonly destination: string | undefined;
      readonly metadata: Readonly<Record<string, string>> | undefined;
    },
  ): Promise<ChangeOutcome> {
    const tenant = await this.routes.tenant(caller.tenantId);
    const payout = await this.find(caller, payoutId);
    const { destination = payout.destination, metadata = payout.metadata, seenHash } = change;
    const routed = this.routes.choose(tenant, payout.connectionId, payout.currency, destination);
    if (!routed.accepted) return routed;
    // Of the payout as it was read; if it is another by now, `seenHash` isn't its hash and the edit is
    // refused.
    const revision = { ...payout, destination, metadata, revision: payout.revision + 1 };
    const content = { destination, metadata, payloadHash: payloadHashOf(revision) };
    return this.run(caller, payoutId, { type: 'RevisePayout', seenHash, ...content, ...this.act(caller) });
  }

  hold(caller: Caller, payoutId: string, reason: string): Promise<ChangeOutcome> {
    return this.run(caller, payoutId, { type: 'HoldPayout', reason, ...this.act(caller) });
  }

  release(caller: Caller, payoutId: string): Promise<ChangeOutcome> {
    return this.run(caller, payoutId, { type: 'ReleasePayout', ...this.act(caller) });
  }

  reject(caller: Caller, payoutId: string, reason: string): Promise<ChangeOutcome> {
    return this.run(caller, payoutId, { type: 'RejectPayout', reason, ...this.act(caller) });
  }

  cancel(caller: Caller, payoutId: string, reason: string): Promise<ChangeOutcome> {
    return this.run(caller, payoutId, { type: 'CancelPayout', reason, ...this.act(caller) });
  }

  /** Sends again what provably never left. */
  retry(caller: Caller, payoutId: string): Promise<ChangeOutcome> {
    return this.run(caller, payoutId, { type: 'RetryPayout', ...this.act(caller) });
  }

  /** Asks the provider now; nobody writes an outcome. */
  resolve(caller: Caller, payoutId: string): Promise<ChangeOutcome> {
    return this.run(caller, payoutId, { type: 'ResolvePayout', ...this.act(caller) });
  }

  private async run(caller: Caller, payoutId: string, command: PayoutCommand): Promise<ChangeOutcome> {
    const tenant = await this.routes.tenant(caller.tenantId);
    return this.database.transaction(async (tx) => {
      const outcome = await this.payouts.handle(tx, tenant, payoutId, { command, actor: caller.actor });
      if (command.type === 'ApprovePayout') this.crash.reach('payout.before-approval');
      tx.afterCommit(() => {
        if (command.type === 'ApprovePayout') this.crash.reach('payout.after-approval');
      });
      return outcome;
    });
  }

  private async find({ tenantId }: Caller, payoutId: string) {
    const row = await findPayout(this.database, tenantId, payoutId, 0);
    if (row === undefined) throw new ProblemException('payout-absent', payoutProblems['payout-absent']);
    return row.payout;
  }

  private act({ actor: by }: Caller) {
    return { by, at: this.payouts.now().toISOString() };
  }
}
