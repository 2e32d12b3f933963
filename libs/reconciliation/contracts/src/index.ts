export { BatchSettlementV1 } from './batch-settlement.js';
export { FindingV1, ReconciliationTopics } from './finding.js';
export { ReportObservationV1 } from './report-observation.js';
export type {
  AllowedActionView,
  EntryView,
  FileFaultView,
  FindingDetail,
  FindingPage,
  FindingView,
  HandedInView,
  PreviewView,
  ProposalView,
  ReceivedFilePage,
  ReceivedFileView,
  RunPage,
  RunView,
  SummaryView,
} from './rest.js';
export type { JobRunPage, JobRunView, JobView } from './jobs.js';
export {
  budgetOf,
  measuredQuery,
  type Objective,
  type ObjectiveName,
  objectives,
  over,
} from './objectives.js';
export {
  isDate,
  type Exemption,
  type ExemptionKind,
  exemptionKinds,
  type ExemptionRegister,
  LONGEST_EXEMPTION_DAYS,
  overdueOn,
  readExemptions,
} from './exemptions.js';
