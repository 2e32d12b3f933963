// What the ledger's answers look like. The views make them; tests compare every answer with these.
import { type TProperties, Type } from '@sinclair/typebox';
import { AddressText, AssetText, MetadataRecord } from '@defter/ledger-contracts';

const AS_TEXT = 'an integer of any size; decimal text with the header Formance-Bigint-As-String: true';

/** An amount or a sum: a JSON integer, or text when asked for. */
export const AmountOut = Type.Union([Type.Integer(), Type.String({ pattern: '^-?(0|[1-9][0-9]*)$' })], {
  expected: AS_TEXT,
});

const Instant = Type.String({ format: 'date-time' });
const Id = Type.Integer({ minimum: 1 });
const either = <W extends string>(...words: readonly W[]) =>
  Type.Unsafe<W>(Type.String({ enum: [...words] }));
const maybe = <P extends TProperties>(properties: P) => Type.Partial(Type.Object(properties)).properties;

export const Volumes = Type.Object({ input: AmountOut, output: AmountOut, balance: AmountOut });
const VolumesByAsset = Type.Record(Type.String(), Volumes);
const VolumesByAccount = Type.Record(Type.String(), VolumesByAsset);

export const PostingOut = Type.Object({
  source: AddressText,
  destination: AddressText,
  amount: AmountOut,
  asset: AssetText,
  /** Of a hold: what was captured, what is still held. */
  ...maybe({ captured: AmountOut, remaining: AmountOut }),
});

export const TransactionOut = Type.Object({
  id: Id,
  postings: Type.Array(PostingOut),
  metadata: MetadataRecord,
  timestamp: Instant,
  insertedAt: Instant,
  status: either('posted', 'pending', 'captured', 'voided', 'expired'),
  reverted: Type.Boolean(),
  ...maybe({
    reference: Type.String(),
    expiresAt: Instant,
    reverts: Id,
    revertedBy: Id,
    revertedAt: Instant,
    preCommitVolumes: VolumesByAccount,
    postCommitVolumes: VolumesByAccount,
    preCommitEffectiveVolumes: VolumesByAccount,
    postCommitEffectiveVolumes: VolumesByAccount,
  }),
});

export const HoldChange = Type.Object({
  id: Id,
  change: either('HoldPosted', 'HoldVoided', 'HoldExpired'),
  postings: Type.Array(PostingOut),
  closed: Type.Boolean(),
  insertedAt: Instant,
  postCommitVolumes: VolumesByAccount,
  ...maybe({ reference: Type.String() }),
});

export const LedgerOut = Type.Object({
  name: Type.String(),
  bucket: Type.String(),
  metadata: MetadataRecord,
  strict: Type.Boolean(),
  addedAt: Instant,
  sequence: Type.Integer({ minimum: 0 }),
});

export const AccountOut = Type.Object({
  address: AddressText,
  metadata: MetadataRecord,
  insertedAt: Instant,
  firstUsage: Instant,
  insertionDate: Instant,
  ...maybe({ volumes: VolumesByAsset, effectiveVolumes: VolumesByAsset }),
});

const FIGURES = { posted: AmountOut, pendingOut: AmountOut, pendingIn: AmountOut, available: AmountOut };

export const BalanceOut = Type.Object({
  asset: AssetText,
  ...FIGURES,
  normalSide: Type.Optional(Type.Literal('debit')),
  normalBalance: Type.Optional(AmountOut),
});

export const AccountVolumes = Type.Object({
  account: Type.String(),
  asset: AssetText,
  input: AmountOut,
  output: AmountOut,
  balance: AmountOut,
  ...maybe(FIGURES),
});

const Target = {
  targetType: either('ACCOUNT', 'TRANSACTION'),
  targetId: Type.Union([AddressText, Id]),
};

export const LogOut = Type.Object({
  id: Id,
  type: either(
    'NEW_TRANSACTION',
    'REVERTED_TRANSACTION',
    'POSTED_HOLD',
    'VOIDED_HOLD',
    'EXPIRED_HOLD',
    'SET_METADATA',
    'DELETE_METADATA',
  ),
  date: Instant,
  hash: Type.String({ expected: 'base64 of the leaf of its event in the Merkle tree of its batch' }),
  data: Type.Union([
    Type.Object({
      transaction: TransactionOut,
      ...maybe({
        accountMetadata: Type.Record(Type.String(), MetadataRecord),
        revertedTransactionID: Id,
        revertedTransaction: TransactionOut,
      }),
    }),
    Type.Object({ hold: HoldChange }),
    Type.Object({ ...Target, metadata: MetadataRecord }),
    Type.Object({ ...Target, key: Type.String() }),
  ]),
  ...maybe({ idempotencyKey: Type.String() }),
});

const ERROR_CODES = [
  'INTERNAL',
  'INSUFFICIENT_FUND',
  'VALIDATION',
  'CONFLICT',
  'COMPILATION_FAILED',
  'METADATA_OVERRIDE',
  'NOT_FOUND',
  'ALREADY_REVERT',
  'NO_POSTINGS',
  'LEDGER_NOT_FOUND',
  'LEDGER_ALREADY_EXISTS',
  'BULK_SIZE_EXCEEDED',
  'IMPORT',
] as const;
export const ErrorCode = either(...ERROR_CODES);

export const ProblemOut = Type.Object(
  {
    errorCode: ErrorCode,
    errorMessage: Type.String(),
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: Type.String({ expected: 'the precise reason; docs/reference/problems/ledger.md lists them' }),
    traceId: Type.String(),
    ...maybe({
      detail: Type.String(),
      details: Type.String({ expected: 'the members of a refusal, such as needed and available, as text' }),
      errors: Type.Array(
        Type.Object({
          loc: Type.Array(Type.Union([Type.String(), Type.Integer()])),
          msg: Type.String(),
          type: Type.String(),
        }),
      ),
    }),
  },
  // The members of a refusal stand beside the others.
  { additionalProperties: true },
);

const done = <A extends string>(action: A, properties: TProperties = {}) =>
  Type.Object({
    responseType: Type.Literal(action),
    logID: Id,
    ...maybe({ idempotencyHit: Type.Boolean() }),
    ...properties,
  });

export const BulkResult = Type.Union([
  done('CREATE_TRANSACTION', { data: TransactionOut }),
  done('REVERT_TRANSACTION', { data: TransactionOut }),
  done('POST_HOLD', { data: HoldChange }),
  done('VOID_HOLD', { data: HoldChange }),
  done('ADD_METADATA'),
  done('DELETE_METADATA'),
  Type.Object({
    responseType: Type.Literal('ERROR'),
    errorCode: ErrorCode,
    errorDescription: Type.String(),
    code: Type.String(),
    logID: Type.Literal(0),
    ...maybe({ details: Type.Object({}, { additionalProperties: true }), errorDetails: Type.String() }),
  }),
]);

const DIFFERENCE = { expected: AmountOut, actual: AmountOut, difference: AmountOut };

export const Difference = Type.Object({ account: AddressText, asset: AssetText, ...DIFFERENCE });

export const Mismatch = Type.Object({
  sequence: Id,
  kind: either('balance', 'refusal'),
  origin: Type.String(),
  recordedAt: Instant,
  ...maybe({ transactionId: Id, account: AddressText, asset: AssetText, ...DIFFERENCE }),
  ...maybe({ refusal: Type.Object({}, { additionalProperties: true }) }),
});

export const MonitorOut = Type.Object({
  id: Type.String(),
  account: AddressText,
  asset: AssetText,
  balance: Type.String(),
  op: Type.String(),
  amount: AmountOut,
  isTrue: Type.Boolean(),
  actual: AmountOut,
  createdAt: Instant,
});

export const Checkpoint = Type.Object({
  size: Id,
  sequence: Type.Integer({ minimum: 0 }),
  origin: Type.String(),
  root: Type.String(),
  signedAt: Type.String(),
  note: Type.String(),
});

export const Entry = Type.Object({
  sequence: Id,
  position: Type.Integer({ minimum: 0 }),
  transactionId: Id,
  timestamp: Instant,
  insertedAt: Instant,
  source: AddressText,
  destination: AddressText,
  asset: AssetText,
  amount: AmountOut,
  change: AmountOut,
  running: Volumes,
});

/** Beside the page of a statement: up to which event it goes, and where it began and ended. */
export const Statement = Type.Object({
  sequence: Type.Integer({ minimum: 0 }),
  balances: Type.Array(Type.Object({ asset: AssetText, opening: Volumes, closing: Volumes })),
});

/** Sums of entries; `through` is the last event that is in them, and may be before the one asked for. */
export const EntrySumsOut = Type.Object({
  from: Id,
  through: Type.Integer({ minimum: 0 }),
  sums: Type.Array(Type.Object({ account: AddressText, asset: AssetText, ...Volumes.properties })),
});
