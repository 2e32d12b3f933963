export { FindingV1, ReconciliationTopics } from './finding.js';
