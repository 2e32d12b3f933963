import { Type } from '@sinclair/typebox';
import { AccountTypesBody } from '../account-types/account-type.wire.js';
import { ConditionBody } from '../conditions/condition.wire.js';
import { ComparisonBody } from '../rollout/expected-balance.wire.js';
import { SettingsBody } from '../settings/settings.wire.js';
import { AmountOut, Difference, Mismatch, MonitorOut } from './answers.js';
import { data, type Operations, PAGED, pageOf } from './operation.js';

const AT = '/v2/{ledger}';
const accountTypes = { schema: AccountTypesBody };
const Settings = Type.Required(SettingsBody);
const Kind = Type.Union([Type.Literal('balance'), Type.Literal('refusal')]);

const AccountTypeOut = Type.Object({
  pattern: Type.String(),
  normalSide: Type.Unsafe<string>(Type.String({ enum: ['credit', 'debit'] })),
  mayOverdraw: Type.Boolean(),
  closed: Type.Boolean(),
  overdraftLimit: Type.Optional(AmountOut),
});

const Comparison = Type.Object({
  sequence: Type.Integer({ minimum: 0 }),
  compared: Type.Integer({ minimum: 0 }),
  mismatches: Type.Array(Difference),
});

/** What a ledger decides by, and what it watches. */
export const ruleOperations: Operations = {
  [`GET ${AT}/_settings`]: { summary: 'Read the rules of a ledger', answer: data(Settings) },
  [`PATCH ${AT}/_settings`]: {
    summary: 'Change the rules of a ledger',
    body: { schema: SettingsBody },
    answer: data(Settings),
  },
  [`GET ${AT}/account-types`]: {
    summary: 'List account types',
    query: PAGED,
    answer: pageOf(AccountTypeOut),
  },
  [`GET ${AT}/account-types/{pattern}`]: { summary: 'Read an account type', answer: data(AccountTypeOut) },
  [`POST ${AT}/account-types`]: { summary: 'Add or change account types', body: accountTypes },
  [`PUT ${AT}/account-types`]: { summary: 'Replace all account types', body: accountTypes },
  [`DELETE ${AT}/account-types/{pattern}`]: { summary: 'Remove an account type' },
  [`GET ${AT}/monitors`]: { summary: 'List monitors', query: PAGED, answer: pageOf(MonitorOut) },
  [`GET ${AT}/monitors/{id}`]: { summary: 'Read a monitor and its state', answer: data(MonitorOut) },
  [`PUT ${AT}/monitors/{id}`]: {
    summary: 'Set a monitor: an event tells when its condition turns true or false',
    body: { schema: ConditionBody },
    answer: data(MonitorOut),
  },
  [`DELETE ${AT}/monitors/{id}`]: { summary: 'Remove a monitor' },
  [`GET ${AT}/mismatches`]: {
    summary: 'List differences from the old source of balances',
    query: { ...PAGED, kind: Kind },
    answer: pageOf(Mismatch),
  },
  [`POST ${AT}/expected-balances`]: {
    summary: 'Compare balances with those of the old source',
    body: { schema: ComparisonBody },
    answer: data(Comparison),
  },
};
