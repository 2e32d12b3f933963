import type { LineSide, OperationSide } from './residue.js';

/** A deposit of 1,000.00 TRY as the provider settles it; change what matters to the case. */
export const line = (changes: Partial<LineSide> = {}): LineSide => ({
  ...{ key: 'k1', reportRef: 'r1', lineNumber: 3, kind: 'sale', leg: 'payment', operationId: 'op_1' },
  ...{ providerRef: 'mp_1', amount: 100_000n, fee: 2_500n, currency: 'TRY', status: 'succeeded' },
  businessOn: '2026-01-31',
  ...changes,
});

/** The same deposit as payments has it. */
export const operation = (changes: Partial<OperationSide> = {}): OperationSide => ({
  ...{
    operationId: 'op_1',
    kind: 'sale',
    customerId: '42',
    result: 'succeeded',
    amount: 100_000n,
    fee: 2_500n,
  },
  ...{ currency: 'TRY', providerRef: 'mp_1', ledgerReference: 'op_1', businessOn: '2026-01-31' },
  ...changes,
});
