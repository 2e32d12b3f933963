export type { Where } from './action-sentence.js';
export { actionSentence } from './action-sentence.js';
export { classify } from './classify.js';
export {
  classifyEvent,
  classifyOrphan,
  classifyRefusedSettlement,
  classifyReissue,
  classifyReport,
  orphanKeys,
  reportKey,
  settlementKeys,
} from './classify-event.js';
export { batchKey, bookingKey } from './classify-state.js';
export { classifyDrift, differenceOf, driftKeys } from './classify-drift.js';
export type { Drift, Volumes } from './classify-drift.js';
export {
  agedKeys,
  classifyAgedOperation,
  classifyStuckPayout,
  payoutKeys,
  standingBand,
} from './classify-standing.js';
export type { AgedOperation, StandingBand, StuckPayout } from './classify-standing.js';
export type { Classified } from './classified.js';
export { amountText, assetOfCurrency, currencyScale } from './currency.js';
export { explanationOf } from './explain.js';
export type { Explanation } from './explain.js';
export { decide } from './finding.decider.js';
export { evolve } from './finding.evolve.js';
export { isClosed, noFinding } from './finding.js';
export type {
  ClosedStatus,
  Finding,
  FindingCommand,
  FindingEvent,
  FindingRefusal,
  FindingStatus,
  LiveStatus,
  SeenFinding,
} from './finding.js';
export { findingTypes, isFindingType } from './finding-type.js';
export type { Action, FindingType, Severity } from './finding-type.js';
export type {
  BatchSide,
  BookedSide,
  BookingSide,
  Candidate,
  EventTrouble,
  LineSide,
  OperationSide,
  ReportTrouble,
  Residue,
} from './residue.js';
export { claimedBy, isProven, provenBy } from './proof.js';
export type { OpenProposal, ProposalCommand, ProposalEnd, ProposalEvent, ProposalKind } from './proposal.js';
export { barredFromApproving } from './proposal.decider.js';
export { fits, moneyResolutions, movesMoney, resolutionNames, resolutions } from './resolution.js';
export type { MoneyResolution, Resolution } from './resolution.js';
export { amountBand, riskOf } from './risk.js';
export type { AmountBand, Risk, RiskInputs, Stake } from './risk.js';
export { reserveLimitDays } from './limits.js';
export { activeRunStatuses, isActiveRun, maxRunAttempts, nextRunStatus, runStatuses } from './run.js';
export type { ActiveRunStatus, RunStatus } from './run.js';
export { familyOf, legOf, movedResults, netOf, settledFamilies, unmovedResults } from './settlement.js';
export { similarity } from './similarity.js';
export type { Leg } from './settlement.js';
