import type { Action, FindingType, Severity } from './finding-type.js';
import type { RiskInputs } from './risk.js';

/**
 * A difference with a name: what it is, how bad, what it says to a person and what makes it the same next
 * time.
 */
export interface Classified {
  readonly findingType: FindingType;
  readonly severity: Severity;
  readonly riskInputs: RiskInputs;
  /** What differs, in figures. */
  readonly message: string;
  readonly action: Action;
  /** The sentence that tells the operator what to do. */
  readonly actionSentence: string;
  /**
   * Sorted keys of the lines, operations or events it is about; with tenant, provider and type its identity.
   */
  readonly keys: readonly string[];
  readonly businessOn: string | null;
  readonly playerId: string | null;
  readonly txId: string | null;
  readonly providerRef: string | null;
  readonly providerEventId: string | null;
  /** The facts that it was read from; when they change, a person who decided looks again. Amounts as text. */
  readonly raw: Readonly<Record<string, unknown>>;
}
