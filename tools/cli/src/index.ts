export {
  type ServiceStatus,
  type StackRecord,
  type StackStatus,
  requireRunning,
  runningRecord,
} from './run-folder.js';
