export { FindingV1, ReconciliationTopics } from './finding.js';
export type {
  FileFaultView,
  FindingDetail,
  FindingPage,
  FindingView,
  HandedInView,
  PreviewView,
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
  type Exemption,
  type ExemptionKind,
  exemptionKinds,
  type ExemptionRegister,
  LONGEST_EXEMPTION_DAYS,
  overdueOn,
  readExemptions,
} from './exemptions.js';
