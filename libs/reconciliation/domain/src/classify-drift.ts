import { actionSentence } from './action-sentence.js';
import type { Classified } from './classified.js';
import { amountText } from './currency.js';
import { findingTypes } from './finding-type.js';
import { riskOf } from './risk.js';

/** What came into an account, and what left it. */
export interface Volumes {
  readonly input: bigint;
  readonly output: bigint;
}

/**
 * An account whose balance, or what its entries add up to, isn't what its events add up to. `asset` as the
 * ledger writes it: `TRY/2`.
 */
export interface Drift {
  readonly ledger: string;
  readonly account: string;
  readonly asset: string;
  readonly of: 'balance' | 'entries';
  readonly expected: Volumes;
  readonly actual: Volumes;
  /** It moved at each look, so the figures are of the last one. */
  readonly moving: boolean;
}

const balanceOf = ({ input, output }: Volumes): bigint => input - output;

/** The money between what an account has and what it must have; above zero: it has too much. */
export const differenceOf = ({ expected, actual }: Pick<Drift, 'expected' | 'actual'>): bigint =>
  balanceOf(actual) - balanceOf(expected);

/** HIGH, whatever the amount: a ledger that is off by one is a ledger that can't be trusted. */
export function classifyDrift(drift: Drift): Classified {
  const { ledger, account, asset, expected, actual } = drift;
  const [currency = asset] = asset.split('/');
  const difference = differenceOf(drift);
  const whole = balanceOf(expected);
  const { inputs } = riskOf('wallet_ledger_drift', { difference, whole, currency });
  const text = (amount: bigint): string => amountText(amount, currency);
  return {
    ...{ findingType: 'wallet_ledger_drift', severity: findingTypes.wallet_ledger_drift.base },
    ...{ riskInputs: inputs, action: findingTypes.wallet_ledger_drift.action },
    actionSentence: actionSentence('wallet_ledger_drift', 'ledger'),
    message: messageOf(drift, text),
    keys: driftKeys(drift),
    playerId: /^users:([^:]+)(?::|$)/.exec(account)?.[1] ?? null,
    raw: {
      ...{ ledger, account, asset, of: drift.of, difference: `${difference}`, moving: drift.moving },
      expected: { balance: `${whole}`, input: `${expected.input}`, output: `${expected.output}` },
      actual: { balance: `${balanceOf(actual)}`, input: `${actual.input}`, output: `${actual.output}` },
    },
    ...{ businessOn: null, txId: null, providerRef: null, providerEventId: null },
  };
}

/** Entries that are off may add up to the same balance: then both sides are. */
const messageOf = (drift: Drift, text: (amount: bigint) => string): string => {
  const { ledger, account, expected, actual } = drift;
  const [has, must] = [text(balanceOf(actual)), text(balanceOf(expected))];
  const off = `${text(differenceOf(drift))} of difference`;
  if (drift.of === 'balance') return `${account} in ${ledger} holds ${has}, its events say ${must}: ${off}`;
  return (
    `The entries of ${account} in ${ledger} add up to ${text(actual.input)} in and ` +
    `${text(actual.output)} out, ` +
    `its events say ${text(expected.input)} and ${text(expected.output)}: ${off}`
  );
};

/** What such a finding is about; it closes by the same. */
export const driftKeys = ({
  ledger,
  account,
  asset,
}: Pick<Drift, 'ledger' | 'account' | 'asset'>): readonly string[] => [
  `wallet:${ledger}:${account}:${asset}`,
];
