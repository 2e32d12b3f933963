import { type Static, Type } from '@sinclair/typebox';
import { type AccountType, isAccountPattern, WORLD } from '@defter/ledger-domain';
import { malformed } from '@defter/platform';
import { bodyReader } from '../body-reader.js';
import { expectNoCardNumberIn } from '../card-numbers.js';
import { AmountInput } from '../transactions/transaction.wire.js';

export const AccountTypeBody = Type.Object(
  {
    pattern: Type.String({ minLength: 1, maxLength: 256 }),
    /** The side on which the balance grows and on which the limit counts; `credit` when it is left out. */
    normalSide: Type.Optional(
      Type.Unsafe<'credit' | 'debit'>(
        Type.String({ enum: ['credit', 'debit'], pattern: '^(credit|debit)$', expected: 'credit or debit' }),
      ),
    ),
    /** May go below zero without limit. */
    mayOverdraw: Type.Optional(Type.Boolean()),
    /** May go below zero down to this; not together with `mayOverdraw`. */
    overdraftLimit: Type.Optional(AmountInput),
    closed: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** Body of `POST` (adds and changes) and `PUT` (replaces all) `/v2/{ledger}/account-types`. */
export const AccountTypesBody = Type.Object(
  { accountTypes: Type.Array(AccountTypeBody, { maxItems: 1000 }) },
  { additionalProperties: false },
);

const read = bodyReader(AccountTypesBody);

/** @throws ProblemException `malformed` */
export const toAccountTypes = (body: unknown): readonly AccountType[] => {
  const types = read(body).accountTypes.map(toAccountType);
  const seen = new Set<string>();
  for (const [index, { pattern }] of types.entries()) {
    if (seen.has(pattern)) {
      const msg = 'stands here twice';
      throw malformed([{ loc: ['body', 'accountTypes', index, 'pattern'], msg, type: 'duplicate' }]);
    }
    seen.add(pattern);
  }
  return types;
};

/** The type of a body that has the form already; `index` is its place among the request's. */
export const toAccountType = (body: Static<typeof AccountTypeBody>, index: number): AccountType => {
  const { pattern, normalSide = 'credit', mayOverdraw = false, overdraftLimit, closed = false } = body;
  const loc = ['body', 'accountTypes', index];
  if (!isAccountPattern(pattern) || pattern === WORLD) {
    const msg = 'must be segments of letters, digits, _ and -, or *, joined by ":", and not world';
    throw malformed([{ loc: [...loc, 'pattern'], msg, type: 'pattern' }]);
  }
  expectNoCardNumberIn({ pattern }, loc);
  if (mayOverdraw && overdraftLimit !== undefined) {
    const msg = 'is a limit, and mayOverdraw says that there is none: give one of them';
    throw malformed([{ loc: [...loc, 'overdraftLimit'], msg, type: 'contradiction' }]);
  }
  return { pattern, normalSide, closed, overdraft: mayOverdraw ? null : BigInt(overdraftLimit ?? 0) };
};

/** A type as this API shows it, in the form in which it is set. */
export const accountTypeView = ({ pattern, normalSide, overdraft, closed }: AccountType) => ({
  pattern,
  normalSide,
  closed,
  ...(overdraft === null ? { mayOverdraw: true } : { mayOverdraw: false, overdraftLimit: overdraft }),
});
