import { actionKey, type Caller } from '@defter/platform';
import type { AllowedActionView } from '@defter/reconciliation-contracts';
import {
  decide,
  fits,
  type FindingCommand,
  type FindingRefusal,
  moneyResolutions,
  type SeenFinding,
} from '@defter/reconciliation-domain';
import type { FindingRecord } from './finding.js';
import { findingProblems } from './finding.problems.js';
import type { ProposalRow } from './proposal-row.js';

/** A finding as it stands; `limit` is what may still be booked for it. */
interface Shown {
  readonly finding: FindingRecord;
  readonly state: SeenFinding;
  readonly proposals: readonly ProposalRow[];
  readonly limit: bigint | undefined;
}

interface Asking {
  readonly caller: Caller;
  readonly now: number;
}

const RESOLVE = 'findings:resolve';
const APPROVE = 'findings:approve';

/**
 * What the caller may do with the finding, and what keeps them from the rest. Whether they may is asked of
 * the decider itself, with the command that the action would be: a button can't promise what is refused.
 */
export function allowedActions(shown: Shown, asking: Asking): AllowedActionView[] {
  const { state, finding } = shown;
  const { actor: by, kind } = asking.caller;
  const who = { by, isPerson: kind === 'person' };
  const text = { note: '', reason: '' };
  const { id: proposalId = '', payloadHash = '' } = state.proposal ?? {};
  const terms = { ...who, ...text, proposalId, payloadHash, evidenceBy: [], ...times(asking) };
  const resolution = moneyResolutions.find((each) => fits(each, state.findingType)) ?? 'post_adjustment';
  const money = { amount: 1n, limit: shown.limit ?? 0n };
  const standing = shown.proposals.find(
    (each) =>
      each.kind === 'correct' && each.status === 'booked' && !each.taken_back && each.reverted_by === null,
  );
  const back = { ...terms, kind: 'take_back', resolution, amount: 1n, limit: standing ? 1n : 0n } as const;
  const probes: Readonly<Record<string, readonly [scope: string, command: FindingCommand]>> = {
    resolve: [RESOLVE, { type: 'Resolve', by, resolution: 'late_arrival', note: '' }],
    reopen: [RESOLVE, { type: 'Reopen', by, note: '' }],
    propose: [RESOLVE, { ...terms, type: 'Propose', kind: 'correct', resolution, ...money }],
    edit: [RESOLVE, { ...terms, type: 'EditProposal', amount: 1n, limit: 1n }],
    withdraw: [RESOLVE, { ...terms, type: 'WithdrawProposal' }],
    approve: [APPROVE, { ...terms, type: 'ApproveProposal' }],
    reject: [APPROVE, { ...terms, type: 'RejectProposal' }],
    take_back: [RESOLVE, { ...back, type: 'Propose' }],
  };
  return Object.entries(probes).map(([action, [scope, command]]) => {
    const reason = asking.caller.scopes.includes(scope)
      ? barredBy(command, state)
      : `The key needs the scope ${scope}`;
    const button = { action, id: finding.id, version: finding.version };
    const idempotency_key = actionKey(button, asking.caller);
    return { action, allowed: reason === null, reason, idempotency_key };
  });
}

const times = ({ now }: Asking) => ({ at: now, expiresAt: now });

function barredBy(command: FindingCommand, state: SeenFinding): string | null {
  const decision = decide(command, state);
  return decision.accepted ? null : wordsFor(decision.refusal, command);
}

const wordsFor = ({ code }: FindingRefusal, command: FindingCommand): string => {
  const nothing = code === 'exceeds-difference' && command.type === 'Propose';
  if (nothing && command.kind === 'take_back') return findingProblems['correction-not-standing'].title;
  return nothing ? 'All that the finding explains is booked already' : findingProblems[code].title;
};
