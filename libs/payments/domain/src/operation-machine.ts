import type { Machine } from './machine.js';
import type { ObservedResult, OperationResult } from './operation.js';

/**
 * Observations come in any order and number, so each moves the result only towards what is more certain:
 * sending < errored < unknown < pending < declined < failed < succeeded < returned. Money that moved outranks
 * every
 * claim that it didn't (the late edges `failed → succeeded`, `succeeded → returned`), and a doubt never takes
 * back
 * what is known. That the table is such an order is a law, tested.
 */
export const operationMachine: Machine<OperationResult, ObservedResult> = {
  name: 'operation',
  initial: 'sending',
  final: ['declined', 'failed', 'succeeded', 'returned'],
  edges: {
    sending: {
      errored: 'errored',
      unknown: 'unknown',
      pending: 'pending',
      declined: 'declined',
      failed: 'failed',
      succeeded: 'succeeded',
      returned: 'returned',
    },
    errored: {
      unknown: 'unknown',
      pending: 'pending',
      declined: 'declined',
      failed: 'failed',
      succeeded: 'succeeded',
      returned: 'returned',
    },
    unknown: {
      pending: 'pending',
      declined: 'declined',
      failed: 'failed',
      succeeded: 'succeeded',
      returned: 'returned',
    },
    pending: { declined: 'declined', failed: 'failed', succeeded: 'succeeded', returned: 'returned' },
    declined: { failed: 'failed', succeeded: 'succeeded', returned: 'returned' },
    failed: { succeeded: 'succeeded', returned: 'returned' },
    succeeded: { returned: 'returned' },
    returned: {},
  },
};
