export { FindingV1, ReconciliationTopics } from './finding.js';
export type { FindingDetail, FindingPage, FindingView, RunPage, RunView, SummaryView } from './rest.js';
export type { JobRunPage, JobRunView, JobView } from './jobs.js';
