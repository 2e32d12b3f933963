import { ProblemException } from '@defter/platform';
import { toAccountTypes } from '../account-types/account-type.wire.js';
import { toLedgerMetadata } from '../ledgers/ledger.wire.js';
import { toMonitorCondition, toMonitorId } from '../monitors/monitor.wire.js';
import { toSettingsChange } from '../settings/settings.wire.js';
import type { StartLine } from './import-line.wire.js';
import { wrongLine } from './lines.js';

type Row = Readonly<Record<string, unknown>>;

/** As many of each as a ledger can have. */
const MOST = 10_000;

/**
 * Reads the rules of an import as the requests that set them are read: one that no request could have set
 * would break every later write. @throws ProblemException `malformed` with the line's number
 */
export const expectRules = ({ ledger, accountTypes, monitors }: StartLine['rules'], number: number): void => {
  const each = (what: string, rows: readonly Row[], read: (row: Row) => unknown): void => {
    if (rows.length > MOST) throw wrongLine(number, `has more than ${MOST} ${what}`);
    rows.forEach((row, index) => explained(number, `${what}[${index}]`, () => read(row)));
  };
  explained(number, 'ledger', () => expectLedger(ledger));
  each('accountTypes', accountTypes, expectType);
  each('monitors', monitors, expectMonitor);
};

const expectLedger = ({ metadata = {}, mismatch_log: balanceMismatchLog, ...rest }: Row): void => {
  const { strict, closed, refusals, backdating, mode } = rest;
  toLedgerMetadata(metadata);
  toSettingsChange({ strict, closed, refusals, backdating, mode, balanceMismatchLog });
};

const expectType = ({ pattern, overdraft, closed, normal_side: normalSide }: Row): void => {
  const limit = overdraft === null ? { mayOverdraw: true } : { overdraftLimit: overdraft };
  toAccountTypes({ accountTypes: [{ pattern, closed, normalSide, ...limit }] });
};

const expectMonitor = ({ monitor_id: id, account, asset, balance, op, amount }: Row): void => {
  toMonitorId(typeof id === 'string' ? id : '');
  toMonitorCondition({ account, asset, balance, op, amount });
};

const explained = (number: number, where: string, read: () => unknown): void => {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ProblemException)) throw error;
    throw wrongLine(number, `has wrong rules, ${where}: ${error.message}`);
  }
};
