import { type Static, Type } from '@sinclair/typebox';
import { type AccountType, isAccountPattern, WORLD } from '@defter/ledger-domain';
import { malformed } from '@defter/platform';
import { bodyReader } from '../body-reader.js';
import { AmountInput, MetadataInput } from '../transactions/transaction.wire.js';
import type { LedgerRow } from './ledger.read.js';
import type { NewLedger } from './ledgers.js';

const strict = { additionalProperties: false } as const;

const AccountTypeBody = Type.Object(
  {
    pattern: Type.String({ minLength: 1, maxLength: 256 }),
    /** May go below zero without limit. */
    mayOverdraw: Type.Optional(Type.Boolean()),
    /** May go below zero down to this; not together with `mayOverdraw`. */
    overdraftLimit: Type.Optional(AmountInput),
    closed: Type.Optional(Type.Boolean()),
  },
  strict,
);

export const OpenLedgerBody = Type.Object(
  {
    metadata: Type.Optional(MetadataInput),
    /** Accounts must match a type or exist before they are used. */
    strict: Type.Optional(Type.Boolean()),
    accountTypes: Type.Optional(Type.Array(AccountTypeBody, { maxItems: 100 })),
    // Members of the shape that ledger users know; Defter has one place for all and one set of features.
    bucket: Type.Optional(Type.String({ maxLength: 64 })),
    features: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  strict,
);

export const AccountTypesBody = Type.Object(
  { accountTypes: Type.Array(AccountTypeBody, { minItems: 1, maxItems: 100 }) },
  strict,
);

const readOpen = bodyReader(OpenLedgerBody);
const readTypes = bodyReader(AccountTypesBody);
const readMetadata = bodyReader(MetadataInput);

/** Body of `POST /v2/{ledger}`; an absent body opens a ledger with the usual rules. */
export const toNewLedger = (body: unknown): NewLedger => {
  const { metadata = {}, strict: strictMode = false, accountTypes = [] } = readOpen(body ?? {});
  expectStorable(metadata, ['body', 'metadata']);
  return { metadata, strict: strictMode, accountTypes: accountTypes.map(toAccountType) };
};

/** Body of `PUT /v2/{ledger}/metadata`. */
export const toLedgerMetadata = (body: unknown): Readonly<Record<string, string>> => {
  const metadata = readMetadata(body);
  expectStorable(metadata, ['body']);
  return metadata;
};

/** Half of a surrogate pair: JSON can say it, PostgreSQL can't hold it. */
const HALF = /\p{Surrogate}/u;

const expectStorable = (metadata: Readonly<Record<string, string>>, at: readonly string[]): void => {
  for (const [name, value] of Object.entries(metadata)) {
    if (!HALF.test(name) && !HALF.test(value)) continue;
    throw malformed([
      { loc: [...at, name], msg: 'must be text without halves of surrogate pairs', type: 'text' },
    ]);
  }
};

/** A ledger as this API shows it. Defter has one place for all ledgers, and one set of features. */
export const ledgerView = ({ name, strict: strictMode, metadata, addedAt, sequence }: LedgerRow) => ({
  name,
  bucket: '_default',
  metadata,
  strict: strictMode,
  addedAt,
  sequence,
});

/** Body of `POST /v2/{ledger}/account-types`. */
export const toAccountTypes = (body: unknown): AccountType[] =>
  readTypes(body).accountTypes.map(toAccountType);

const toAccountType = (body: Static<typeof AccountTypeBody>, index: number): AccountType => {
  const { pattern, mayOverdraw = false, overdraftLimit, closed = false } = body;
  const loc = ['body', 'accountTypes', index];
  if (!isAccountPattern(pattern) || pattern === WORLD) {
    const msg = 'must be segments [A-Za-z0-9_-]+ or * joined by ":", and not world';
    throw malformed([{ loc: [...loc, 'pattern'], msg, type: 'pattern' }]);
  }
  if (mayOverdraw && overdraftLimit !== undefined) {
    const msg = 'is a limit, and mayOverdraw says that there is none: give one of them';
    throw malformed([{ loc: [...loc, 'overdraftLimit'], msg, type: 'contradiction' }]);
  }
  const overdraft = mayOverdraw ? null : BigInt(overdraftLimit ?? 0);
  return { pattern, normalSide: 'credit', closed, overdraft };
};
