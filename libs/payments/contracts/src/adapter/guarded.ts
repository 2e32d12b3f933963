import type {
  CallContext,
  OperationResult,
  PaymentProvider,
  ProviderManifest,
  ProviderOperation,
} from '../provider-port.js';
import { holdsCardNumber } from '@defter/kernel';

/**
 * The adapter behind checks that are the same for every provider and come before anything is sent: a kind, a
 * currency or a credential that it hasn't is `errored`; text like a card number is `failed`, because sending
 * it again would be no better. A look-up without its credentials is `unknown`, and so is that of a dispute
 * where the manifest doesn't say that those are found.
 */
export const guarded = (provider: PaymentProvider): PaymentProvider => ({
  ...provider,
  execute: async (operation, call) =>
    refusalOf(provider.manifest, operation, call) ?? provider.execute(operation, call),
  lookup: async (operationId, call, operation) => {
    const { manifest } = provider;
    if (manifest.capabilities.length === 0)
      return { result: 'unknown', reason: `${manifest.id} can't be asked: it only sends webhooks` };
    if (operation?.kind === 'chargeback' && manifest.findsDisputes !== true)
      return { result: 'unknown', reason: `${manifest.id} can't be asked about disputes` };
    const missing = missingCredential(manifest, call);
    if (missing !== undefined) return { result: 'unknown', reason: `the connection has no ${missing}` };
    return provider.lookup(operationId, call, operation);
  },
});

const refusalOf = (
  manifest: ProviderManifest,
  operation: ProviderOperation,
  call: CallContext,
): OperationResult | undefined => {
  const { id, capabilities, currencies } = manifest;
  const errored = (reason: string): OperationResult => ({ result: 'errored', reason });
  if (!capabilities.includes(operation.kind)) return errored(`${id} has no operation ${operation.kind}`);
  if (!currencies.includes(operation.currency)) return errored(`${id} doesn't take ${operation.currency}`);
  const missing = missingCredential(manifest, call);
  if (missing !== undefined) return errored(`the connection has no ${missing}`);
  if (textsOf(operation).some(holdsCardNumber))
    return { result: 'failed', declineCode: 'card_number_refused' };
  return undefined;
};

const missingCredential = (manifest: ProviderManifest, { credentials = {} }: CallContext) =>
  manifest.credentials?.find((name) => !Object.hasOwn(credentials, name));

/** What people or payers wrote; ids of ours and of the provider can't be card numbers. */
const textsOf = ({ customerId, reference, instrument, returnUrl, metadata }: ProviderOperation) =>
  [customerId, reference, instrument, returnUrl, ...Object.entries(metadata).flat()].filter(
    (text) => text !== undefined,
  );
