import { Injectable } from '@nestjs/common';
import { type Caller, ProblemException } from '@defter/platform';
import type { GroupMode, Outcome, Submission } from './engine/submission.js';
import { Writers } from './engine/writers.js';
import { requestProblems } from './ledger.problems.js';
import { Ledgers } from './ledgers/ledgers.js';

/** Who asks, and of which of the tenant's ledgers. */
export interface Address {
  readonly tenantId: string;
  readonly ledger: string;
}

/** The one way into the engine, for REST, gRPC and Kafka alike. */
@Injectable()
export class LedgerEngine {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly writers: Writers,
  ) {}

  /** Submits one command; answers after its commit. @throws ProblemException `ledger-not-found`; @throws Fault */
  async submit(address: Address, submission: Submission, dryRun = false): Promise<Outcome> {
    const [outcome] = await this.submitAll(address, [submission], 'continue', dryRun);
    if (outcome === undefined) throw new Error('The engine gave no outcome');
    return outcome;
  }

  /** Submits several commands that stand together as `mode` says; outcomes are in their order. */
  async submitAll(
    { tenantId, ledger }: Address,
    submissions: readonly Submission[],
    mode: GroupMode,
    dryRun = false,
  ): Promise<readonly Outcome[]> {
    const { ledgerId } = await this.ledgers.find(tenantId, ledger);
    return this.writers.submit(ledgerId, { submissions, mode, dryRun });
  }
}

/** Skipping the funds check needs its own scope. @throws ProblemException `force-not-allowed` */
export const refuseForceWithout = (caller: Caller, submissions: readonly Submission[]): void => {
  if (caller.scopes.includes('ledger:force')) return;
  if (submissions.some(({ command }) => 'force' in command && command.force)) {
    const detail = 'The key needs the scope ledger:force';
    throw new ProblemException('force-not-allowed', requestProblems['force-not-allowed'], detail);
  }
};
