export { type DepositWish, depositWishes } from './demo/deposits.js';
export { readBooks, type Books } from './demo/books.js';
export { inParallel, persistently, Stage, type StageUrls, until } from './demo/stage.js';
export { playStory, type Check, type Story } from './demo/story.js';
export { soakLedger, type SoakReport } from './soak/soak-ledger.js';
export {
  requireRunning,
  runningRecord,
  type ServiceStatus,
  type StackRecord,
  type StackStatus,
} from './run-folder.js';
