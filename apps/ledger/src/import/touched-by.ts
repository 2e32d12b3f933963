import type { LedgerCommand, LedgerEvent } from '@defter/ledger-domain';

/**
 * A command that touches what an event touches, for the loader: what an event needs to be applied again is
 * what its command needed to be decided.
 */
export const touchedBy = (event: LedgerEvent): LedgerCommand => {
  switch (event.type) {
    case 'TransactionCreated': {
      const { postings, metadata, accountMetadata } = event.transaction;
      const described = accountMetadata === undefined ? {} : { accountMetadata };
      return { type: 'CreateTransaction', postings, metadata, ...described, pending: false, force: true };
    }
    case 'TransactionReverted':
      return {
        type: 'RevertTransaction',
        transaction: { id: event.revertedTransactionId },
        force: true,
        atEffectiveDate: false,
        metadata: {},
      };
    case 'HoldPosted':
    case 'HoldVoided':
    case 'HoldExpired':
      return { type: 'VoidHold', hold: { id: event.transactionId } };
    case 'MetadataSet':
      return { type: 'SetMetadata', target: event.target, metadata: event.metadata };
    case 'MetadataDeleted':
      return { type: 'DeleteMetadata', target: event.target, key: event.key };
  }
};
