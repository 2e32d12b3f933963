import type { Problem } from '@defter/platform';
import type { FaultRefusal } from './set-faults.decider.js';

export const faultProblems = {
  'nothing-to-fault': { status: 409, title: 'No settled operation is left to hit' },
  'operation-not-settled': { status: 409, title: 'The operation is not in a settlement file' },
  'operation-already-faulty': { status: 409, title: 'The operation has a fault already' },
  'operation-exists': { status: 409, title: 'An invented operation must not exist' },
} satisfies Record<FaultRefusal['code'], Problem>;
