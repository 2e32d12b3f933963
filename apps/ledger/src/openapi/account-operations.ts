import { Type } from '@sinclair/typebox';
import {
  AccountOut,
  AccountVolumes,
  AmountOut,
  BalanceOut,
  Entry,
  EntrySumsOut,
  LogOut,
  Statement,
} from './answers.js';
import { AT_TIME, data, FILTERED, Flag, LISTED, type Operations, PAGED, pageOf } from './operation.js';

const AT = '/v2/{ledger}/accounts';
const Instant = Type.String({ format: 'date-time' });
const Clock = Type.Union([Type.Literal('effective'), Type.Literal('recorded')]);
const EXPAND = { expand: Type.String({ expected: 'volumes, effectiveVolumes' }) };

const SEQUENCE = Type.Integer({ minimum: 1, expected: 'the number of an event' });

const VOLUMES_TIME = { ...AT_TIME, startTime: Instant, endTime: Instant, insertionDate: Flag };

/** Accounts, what they hold, and what happened. */
export const accountOperations: Operations = {
  [`GET ${AT}`]: {
    summary: 'List accounts',
    query: { ...LISTED, ...EXPAND, ...AT_TIME },
    answer: pageOf(AccountOut),
  },
  [`HEAD ${AT}`]: {
    summary: 'Count accounts: the header Count',
    query: { ...FILTERED, ...EXPAND, ...AT_TIME },
  },
  [`GET ${AT}/{address}`]: {
    summary: 'Read an account',
    query: { ...EXPAND, ...AT_TIME },
    answer: data(AccountOut),
  },
  [`GET ${AT}/{address}/balances`]: {
    summary: 'Balances of an account, now or as of a moment',
    query: { at: Instant, clock: Clock },
    answer: data(Type.Array(BalanceOut)),
  },
  [`GET ${AT}/{address}/entries`]: {
    summary: 'Statement of an account with its running balance',
    query: {
      ...PAGED,
      from: Instant,
      to: Instant,
      asset: Type.String(),
      clock: Clock,
      order: Type.Union([Type.Literal('asc'), Type.Literal('desc')]),
    },
    answer: Type.Composite([Type.Object({ statement: Statement }), pageOf(Entry)]),
  },
  'GET /v2/{ledger}/entries/sums': {
    summary: 'What the entries of a range of events add up to, by account and asset',
    query: { from: SEQUENCE, to: SEQUENCE },
    answer: data(EntrySumsOut),
  },
  'GET /v2/{ledger}/volumes': {
    summary: 'List balances, by account or by group of accounts',
    query: { ...LISTED, ...VOLUMES_TIME, groupBy: Type.Integer({ minimum: 0, maximum: 99 }) },
    answer: pageOf(AccountVolumes),
  },
  'GET /v2/{ledger}/aggregate/balances': {
    summary: 'Sums of balances by asset',
    query: {
      ...FILTERED,
      ...AT_TIME,
      useInsertionDate: Flag,
      address: Type.String({ expected: 'this address and all below it' }),
    },
    answer: data(Type.Record(Type.String(), AmountOut)),
  },
  'GET /v2/{ledger}/logs': { summary: 'What happened, newest first', query: LISTED, answer: pageOf(LogOut) },
};
