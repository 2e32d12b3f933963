import type { TenantAccess } from '@defter/embedded';

/** A sentence that must be true, and the figures that show it. */
export interface Claim {
  readonly claim: string;
  readonly holds: boolean;
  readonly figures: string;
}

/** Where the main job is played. */
export interface MainJobStage {
  readonly tenant: TenantAccess;
  readonly urls: Readonly<Record<'ledger' | 'payments' | 'reconciliation' | 'mockPsp', string>>;
  /** Ends a ledger as a power cut would; says how. */
  readonly killLedger: () => Promise<string>;
}

/** Deposits, withdrawals, reconciliation over the public APIs, and what the books must say then. */
export type MainJob = (stage: MainJobStage, say: (line: string) => void) => Promise<readonly Claim[]>;
