import type { FindingType } from './finding-type.js';

/** Where the difference was seen: in a provider's report, only among our own operations, or in the ledger. */
export type Where = 'report' | 'ours' | 'ledger';

const sentences: Readonly<Record<FindingType, string | Readonly<Record<Where, string>>>> = {
  missing_in_ledger: {
    report:
      'Look the reference up at the provider. If it is ours, find out why payments never learned of ' +
      'it and have it booked; if not, open a dispute.',
    ours:
      'Look for the posting command of this operation among the refusals and dead letters of the ' +
      'ledger, and have it posted; nothing may be booked twice.',
    ledger: 'Compare the ledger transaction of this reference with the operation.',
  },
  missing_at_psp:
    'Ask the provider for this operation by our operation id. If it never happened, reverse the ' +
    'booking with two people; if it is late, wait for the next report.',
  amount_mismatch: {
    report:
      'Compare both amounts with the provider’s own page for this reference; dispute what it settled ' +
      'too little, book an adjustment for the rest.',
    ours: 'Compare the operation with its ledger transaction.',
    ledger:
      'Compare the operation with its ledger transaction; correct the ledger by an adjustment of two ' +
      'people.',
  },
  currency_mismatch:
    'Stop further payouts to this customer and ask the provider in which currency the money moved.',
  status_mismatch:
    'Ask the provider for the operation’s state; the observation that is missing on our side must be ' +
    'replayed, never typed in.',
  duplicate_charge: 'Refund the second charge.',
  duplicate_settlement_line:
    'Check whether the money came twice. If only the line is doubled, resolve as duplicate_ignored; ' +
    'else tell the provider.',
  fee_mismatch:
    'Compare the fee with the contract’s rate card; correct the rate card (config_fix) or dispute the fee.',
  fx_mismatch: 'Compare the exchange rate with the provider’s published rate of that day.',
  late_settlement: 'Wait for the next report; it closes by itself.',
  payout_returned: 'Tell the customer that the bank sent the money back, and check the account data.',
  payout_stuck: 'Ask the provider for the payout’s state.',
  unknown_operation_aged:
    'Ask the provider by telephone or its page what became of the operation; nobody is charged again ' +
    'before that.',
  bank_deposit_unmatched: 'Find the settlement batch that this bank credit pays.',
  batch_sum_mismatch:
    'Nothing of this report was used. Ask the provider for a correct file, then run reconciliation again.',
  wallet_ledger_drift: 'Stop payouts of this wallet and compare its events with the ledger’s.',
  report_missing: 'Wait for the provider’s next delivery time, then ask for the report.',
  report_reissued: 'Compare the new report with the one it replaces.',
  orphan_event:
    'Read the stored request. If a provider of ours sent it, mend its adapter and replay the request; ' +
    'it has had no effect so far.',
  conflicting_event:
    'The provider sent one event id with two contents. Only the first has effect. Ask the provider ' +
    'which is right.',
  unsettled_reserve: 'Check when the provider releases the reserve.',
};

/** The sentence that tells the operator what to do. */
export function actionSentence(type: FindingType, where: Where): string {
  const sentence = sentences[type];
  return typeof sentence === 'string' ? sentence : sentence[where];
}
