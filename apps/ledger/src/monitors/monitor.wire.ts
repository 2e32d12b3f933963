import { type BalanceCondition, figureOf, isMet, type Monitor } from '@defter/ledger-domain';
import { malformed } from '@defter/platform';
import { bodyReader } from '../body-reader.js';
import { expectNoCardNumberIn } from '../card-numbers.js';
import { ConditionBody, toCondition } from '../conditions/condition.wire.js';
import type { WatchedMonitor } from './monitor.read.js';

const ID = /^[A-Za-z0-9_-]{1,64}$/;

const read = bodyReader(ConditionBody);

/** The name of a monitor in the path. @throws ProblemException `malformed` */
export const toMonitorId = (text = ''): string => {
  if (!ID.test(text)) {
    throw malformed([{ loc: ['path', 'id'], msg: 'must be 1 to 64 letters, digits, _ and -', type: 'id' }]);
  }
  expectNoCardNumberIn({ id: text }, ['path']);
  return text;
};

/** Body of `PUT /v2/{ledger}/monitors/{id}`. @throws ProblemException `malformed` */
export const toMonitorCondition = (body: unknown): BalanceCondition => {
  const condition = toCondition(read(body));
  expectNoCardNumberIn({ account: condition.account }, ['body']);
  return condition;
};

/** A monitor with its state: whether the balance as of the last commit meets it, and the figure itself. */
export const monitorView = ({ monitor, balance, createdAt }: WatchedMonitor) => ({
  ...members(monitor),
  isTrue: isMet(monitor, balance),
  actual: figureOf(balance, monitor.balance),
  createdAt,
});

const members = ({ id, account, asset, balance, op, amount }: Monitor) => ({
  id,
  account,
  asset,
  balance,
  op,
  amount,
});
