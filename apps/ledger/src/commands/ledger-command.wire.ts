import type { LedgerCommandV1 } from '@defter/ledger-contracts';
import type { LedgerCommand } from '@defter/ledger-domain';
import { conditionsOf } from '../conditions/condition.wire.js';
import { expectedBalancesOf } from '../rollout/expected-balance.wire.js';
import { toInstant } from '../instant.js';

/** The command of a message whose form has been checked. */
export const toLedgerCommand = (message: LedgerCommandV1): LedgerCommand => {
  switch (message.type) {
    case 'CreateTransaction':
      return {
        type: 'CreateTransaction',
        postings: message.postings.map((posting) => ({ ...posting, amount: BigInt(posting.amount) })),
        metadata: message.metadata ?? {},
        pending: message.status === 'pending',
        force: false,
        ...(message.reference === undefined ? {} : { reference: message.reference }),
        ...(message.timestamp === undefined
          ? {}
          : { timestamp: toInstant(message.timestamp, ['timestamp']) }),
        ...(message.expiresInSeconds === undefined ? {} : { expiresInSeconds: message.expiresInSeconds }),
        ...conditionsOf(message.conditions),
        ...expectedBalancesOf(message.expectedBalances),
      };
    case 'PostHold':
      return {
        type: 'PostHold',
        hold: { reference: message.reference },
        remainder: message.remainder ?? 'release',
        ...(message.amounts === undefined
          ? {}
          : { amounts: message.amounts.map((each) => ({ ...each, amount: BigInt(each.amount) })) }),
      };
    case 'VoidHold':
      return { type: 'VoidHold', hold: { reference: message.reference } };
  }
};
