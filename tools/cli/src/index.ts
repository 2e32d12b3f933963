export { type DepositWish, depositWishes } from './demo/deposits.js';
export { chaosPayments, isGood, type Tally } from './chaos/chaos-payments.js';
export { ChaosWorld } from './chaos/chaos-world.js';
export { bookOf } from './chaos/books.read.js';
export { crashPointList, registeredPoints, UNREACHED } from './chaos/crash-point-list.js';
export { give, play } from './chaos/players.js';
export { CONTROLS, playControls } from './chaos/positive-controls.js';
export { type Played, settled } from './chaos/round.js';
export { allWishes, type Wish } from './chaos/wishes.js';
export { Random } from './soak/random.js';
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
