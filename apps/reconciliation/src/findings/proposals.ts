import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isId, newId } from '@defter/kernel';
import { type Caller, canonicalJson, Database, type Transaction } from '@defter/platform';
import type { FindingRefusal, MoneyResolution } from '@defter/reconciliation-domain';
import { Tenants } from '../tenants.js';
import { atStakeOf, type EntryFault, faultsOf, mirrored, sumOf } from './entry-rules.js';
import type { KnownFinding } from './finding-store.js';
import { evidenceBy } from './evidence.js';
import { Findings, type Handled, type Plan } from './findings.js';
import { ProposalMeans } from './proposal-means.js';
import { notStanding, type NotStanding } from './not-standing.js';
import { type Entry, findProposal } from './proposal-row.js';
import { standingAgain, type StandingAgain } from './standing-again.js';

/** What somebody wants to book. */
export interface Wish {
  readonly resolution: MoneyResolution;
  readonly entries: readonly Entry[];
  readonly reason: string;
}

export type ContentRefusal =
  | { readonly code: 'entries-not-allowed'; readonly faults: readonly EntryFault[] }
  | NotStanding
  | StandingAgain;

export type ProposalRefusal = FindingRefusal | ContentRefusal;
export type ProposalOutcome =
  | { readonly accepted: true; readonly findingId: string }
  | { readonly accepted: false; readonly refusal: ProposalRefusal };

/** A proposal of which finding. */
export interface ProposalName {
  readonly findingId: string;
  readonly proposalId: string;
}

/** The signal of a transaction that approved a proposal. */
export const PROPOSAL_APPROVED = 'proposal-approved';

/** What two people do about a correction. Nothing is booked here: an approval is written ahead of it. */
@Injectable()
export class Proposals {
  constructor(
    private readonly findings: Findings,
    private readonly tenants: Tenants,
    private readonly database: Database,
    private readonly means: ProposalMeans,
  ) {}

  /** Entries for a finding's difference. */
  propose(caller: Caller, findingId: string, wish: Wish): Promise<ProposalOutcome> {
    return this.decide(caller, findingId, async (known, tx) => {
      const proposalId = newId('prp');
      const { resolution, reason: note } = wish;
      const content = await this.contentOf(tx, known, wish);
      if ('code' in content) return { refusal: content };
      const { entries, limit } = content;
      const place = await this.shown(tx, caller, known, { proposalId, revision: 1 });
      const shown = { ...place, entries, reason: note, resolution };
      const facts = { kind: 'correct', resolution, proposalId, note, limit, amount: sumOf(entries) } as const;
      const command = {
        type: 'Propose',
        ...facts,
        ...this.asked(caller),
        payloadHash: hashOf(shown),
        evidenceBy: place.evidenceBy,
      } as const;
      return { command, content: { entries, takesBack: null } };
    });
  }

  /** The mirrored entries of a correction that stands. */
  takeBack(caller: Caller, { findingId, proposalId: takesBack }: ProposalName, note: string) {
    return this.decide(caller, findingId, async (known, tx) => {
      const proposalId = newId('prp');
      const isOne = isId('prp', takesBack);
      const booked = isOne ? await findProposal(tx, caller.tenantId, takesBack) : undefined;
      if (booked === undefined || booked.finding_id !== findingId)
        return { refusal: { code: 'correction-not-standing', proposalId: takesBack } };
      const fallen = await notStanding(tx, caller.tenantId, booked);
      if (fallen !== undefined) return { refusal: fallen };
      const { resolution, amount } = booked;
      const entries = mirrored(booked.entries);
      const place = await this.shown(tx, caller, known, { proposalId, revision: 1 });
      const shown = { ...place, entries, reason: note, takesBack };
      const money = { amount: BigInt(amount), limit: BigInt(amount) };
      const facts = { kind: 'take_back', resolution, proposalId, note, ...money } as const;
      const command = {
        type: 'Propose',
        ...facts,
        ...this.asked(caller),
        payloadHash: hashOf(shown),
        evidenceBy: place.evidenceBy,
      } as const;
      return { command, content: { entries, takesBack } };
    });
  }

  /** Other entries or another reason; whoever approved before has approved something else. */
  edit(caller: Caller, { findingId, proposalId }: ProposalName, wish: Omit<Wish, 'resolution'>) {
    return this.decide(caller, findingId, async (known, tx) => {
      const { reason: note } = wish;
      const { proposal } = known.state;
      if (proposal?.id !== proposalId) return { refusal: { code: 'proposal-not-open', proposalId } };
      const { resolution, revision } = proposal;
      const content = await this.contentOf(tx, known, { ...wish, resolution });
      if ('code' in content) return { refusal: content };
      const { entries, limit } = content;
      const place = await this.shown(tx, caller, known, { proposalId, revision: revision + 1 });
      const payloadHash = hashOf({ ...place, entries, reason: note, resolution });
      const facts = { proposalId, note, limit, amount: sumOf(entries), at: this.means.now() };
      const asked = { ...this.asked(caller), evidenceBy: place.evidenceBy };
      const command = { type: 'EditProposal', ...facts, ...asked, payloadHash } as const;
      return { command, content: { entries, takesBack: null } };
    });
  }

  /** By another person, of exactly what was seen; booking follows by itself. */
  approve(caller: Caller, { findingId, proposalId }: ProposalName, seen: { hash: string; note: string }) {
    const { hash: payloadHash, note } = seen;
    return this.decide(caller, findingId, async (known, tx) => {
      const standing = await this.standing(tx, known);
      if (standing !== undefined && known.state.proposal?.kind === 'correct') return { refusal: standing };
      tx.signal(PROPOSAL_APPROVED);
      tx.afterCommit(() => this.means.crash.reach('proposal.after-approval'));
      const command = {
        type: 'ApproveProposal',
        proposalId,
        payloadHash,
        note,
        at: this.means.now(),
      } as const;
      return { command: { ...command, ...this.who(caller) } };
    });
  }

  reject(caller: Caller, { findingId, proposalId }: ProposalName, reason: string): Promise<ProposalOutcome> {
    const command = { type: 'RejectProposal', proposalId, reason, ...this.who(caller) } as const;
    return this.decide(caller, findingId, () => Promise.resolve({ command }));
  }

  withdraw(
    caller: Caller,
    { findingId, proposalId }: ProposalName,
    reason: string,
  ): Promise<ProposalOutcome> {
    const command = { type: 'WithdrawProposal', proposalId, reason, ...this.who(caller) } as const;
    return this.decide(caller, findingId, () => Promise.resolve({ command }));
  }

  private async decide(
    { tenantId }: Caller,
    findingId: string,
    plan: (known: KnownFinding, tx: Transaction) => Promise<Plan<ProposalRefusal>>,
  ): Promise<ProposalOutcome> {
    const handled: Handled<ProposalRefusal> = await this.database.transaction(async (tx) => {
      const outcome = await this.findings.handleWith(tenantId, findingId, (known) => plan(known, tx));
      this.means.crash.reach('proposal.before-commit');
      return outcome;
    });
    return handled.accepted ? { accepted: true, findingId } : handled;
  }

  /** Entries that may be booked for the finding, and the most that they may add up to. */
  private async contentOf(
    tx: Transaction,
    known: KnownFinding,
    { resolution, entries }: Wish,
  ): Promise<{ entries: readonly Entry[]; limit: bigint } | ProposalRefusal> {
    const { record } = known;
    const stake = atStakeOf(record);
    const { tenant_id, finding_type: findingType } = record;
    if (stake === undefined) return { code: 'resolution-does-not-fit', resolution, findingType };
    const standing = await this.standing(tx, known);
    if (standing !== undefined) return standing;
    const ledger = await this.ledgerOf(tenant_id);
    const faults = await faultsOf(tx, { ...record, ledger, asset: stake.asset }, resolution, entries);
    if (faults.length > 0) return { code: 'entries-not-allowed', faults };
    return { entries, limit: stake.difference - BigInt(record.corrected) };
  }

  private async standing(tx: Transaction, { record }: KnownFinding): Promise<StandingAgain | undefined> {
    const { id: findingId, tenant_id: tenantId } = record;
    return standingAgain(tx, tenantId, { findingId, ledger: await this.ledgerOf(tenantId) });
  }

  private async ledgerOf(tenantId: string): Promise<string> {
    return (await this.tenants.find(tenantId))?.ledger ?? '';
  }

  /** What is beside the entries under the hash: where, of what facts, whose files, by whom, which try. */
  private async shown(
    tx: Transaction,
    { tenantId, actor }: Caller,
    { record }: KnownFinding,
    which: { readonly proposalId: string; readonly revision: number },
  ) {
    const { id: findingId, evidence } = record;
    const place = { tenantId, findingId, evidence, ...which, proposedBy: actor };
    return { ...place, evidenceBy: await evidenceBy(tx, record) };
  }

  private asked(caller: Caller) {
    return { ...this.who(caller), expiresAt: this.means.now() + this.means.config.proposalLifeMs };
  }

  private who({ actor: by, kind }: Caller) {
    return { by, isPerson: kind === 'person' };
  }
}

/** Digest (SHA-256, hex) of all that an approver decides about. */
const hashOf = (shown: object): string => createHash('sha256').update(canonicalJson(shown)).digest('hex');
