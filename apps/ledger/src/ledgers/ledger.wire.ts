import { Type } from '@sinclair/typebox';
import { malformed } from '@defter/platform';
import { bodyReader } from '../body-reader.js';
import { expectNoCardNumberIn } from '../card-numbers.js';
import { AccountTypeBody, toAccountType } from '../account-types/account-type.wire.js';
import { MetadataInput } from '../transactions/transaction.wire.js';
import type { LedgerRow } from './ledger.read.js';
import type { NewLedger } from './ledgers.js';

const strict = { additionalProperties: false } as const;

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

const readOpen = bodyReader(OpenLedgerBody);
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
  expectNoCardNumberIn(metadata, at);
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
