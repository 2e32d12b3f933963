import type { LookupResult, PaymentProvider } from '../provider-port.js';
import type { ConformanceBug } from './bug.js';

const findsDisputes = ({ manifest }: PaymentProvider): boolean => manifest.findsDisputes === true;
const findsNone = ({ manifest }: PaymentProvider): boolean =>
  manifest.capabilities.length > 0 && manifest.findsDisputes !== true;

const inDisputes =
  (change: (found: LookupResult) => LookupResult) =>
  (provider: PaymentProvider): PaymentProvider => ({
    ...provider,
    lookup: async (operationId, call, operation) => {
      const found = await provider.lookup(operationId, call, operation);
      return operation?.kind === 'chargeback' ? change(found) : found;
    },
  });

/** Mistakes in looking up disputes: each moves, or keeps, money that isn't whose it seems. */
export const disputeBugs: readonly ConformanceBug[] = [
  {
    bug: 'a lost dispute is still open',
    caughtBy: 'lookup: a dispute, lost',
    fits: findsDisputes,
    spoil: inDisputes((found) =>
      found.result === 'succeeded'
        ? { result: 'pending', providerRef: found.providerRef, echoed: found.echoed }
        : found,
    ),
  },
  {
    bug: 'a won dispute is lost',
    caughtBy: 'lookup: a dispute, won',
    fits: findsDisputes,
    spoil: inDisputes((found) =>
      found.result === 'failed' && found.providerRef !== undefined
        ? {
            result: 'succeeded',
            providerRef: found.providerRef,
            echoed: { amountMinor: 1n, currency: 'TRY' },
          }
        : found,
    ),
  },
  {
    bug: 'every dispute is a mere inquiry',
    caughtBy: 'lookup: a dispute that is an inquiry',
    fits: findsDisputes,
    spoil: inDisputes((found) =>
      found.result === 'pending' ? { ...found, isInquiry: true as const } : found,
    ),
  },
  {
    bug: 'the payment’s reference is given for the dispute’s',
    caughtBy: 'lookup: a dispute, opened',
    fits: findsDisputes,
    spoil: (provider) => ({
      ...provider,
      lookup: async (operationId, call, operation) => {
        const found = await provider.lookup(operationId, call, operation);
        const { kind, parentProviderRef } = operation ?? {};
        return kind === 'chargeback' && found.result === 'pending' && parentProviderRef !== undefined
          ? { ...found, providerRef: parentProviderRef }
          : found;
      },
    }),
  },
  {
    bug: 'no answer about a dispute counts as won',
    caughtBy: 'lookup: a dispute, and no clear answer',
    fits: findsDisputes,
    spoil: inDisputes((found) =>
      found.result === 'unknown' ? { result: 'failed', declineCode: 'no_dispute' } : found,
    ),
  },
  {
    bug: 'a dispute that can’t be looked up counts as lost',
    caughtBy: 'lookup: a dispute is unknown',
    fits: findsNone,
    spoil: inDisputes(() => ({
      ...{ result: 'succeeded', providerRef: 'dp_1' },
      echoed: { amountMinor: 1n, currency: 'TRY' },
    })),
  },
];
