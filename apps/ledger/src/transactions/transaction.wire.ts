import { Kind, type Static, Type, TypeRegistry } from '@sinclair/typebox';
import { AddressText, AssetText, MetadataName, ReferenceText } from '@defter/ledger-contracts';
import type { CreateTransaction } from '@defter/ledger-domain';
import { malformed, ProblemException } from '@defter/platform';
import { bodyReader } from '../body-reader.js';
import { conditionsOf, ConditionsBody } from '../conditions/condition.wire.js';
import { requestProblems } from '../ledger.problems.js';
import { ScriptBody, withScript } from '../scripts/script.wire.js';
import { expectedBalancesOf, ExpectedBalancesBody } from '../rollout/expected-balance.wire.js';
import { toInstant } from '../instant.js';

const strict = { additionalProperties: false } as const;
const AMOUNT =
  'a whole number ≥ 0 of at most 78 digits, as a JSON integer or as decimal text (no point, no exponent)';

/**
 * As many digits as the contracts of messages allow: a larger one could be recorded and never be told to
 * anybody.
 */
const AMOUNT_END = 10n ** 78n;

// TypeBox's own limit of a BigInt goes through a double, which can't say 10^78 exactly.
TypeRegistry.Set('LargeAmount', (_, value) => typeof value === 'bigint' && value >= 0n && value < AMOUNT_END);
const LargeAmount = Type.Unsafe<bigint>({ [Kind]: 'LargeAmount' });

/** An amount in a request: a JSON integer or decimal text, at most 78 digits. */
export const AmountInput = Type.Union(
  [Type.Integer({ minimum: 0 }), LargeAmount, Type.String({ pattern: '^[0-9]{1,78}$' })],
  { expected: AMOUNT },
);

const ADDRESS =
  'an account address: letters, digits, _ and - in segments joined by ":", at most 256 characters';
const Address = Type.String({ ...AddressText, expected: ADDRESS });
const Asset = Type.String({ ...AssetText, expected: 'an asset such as TRY/2, JPY or BTC/8' });

const METADATA =
  'text of at most 4,096 characters by name, at most 100 of them, names without control characters';

/** Metadata in a request: text by name. */
export const MetadataInput = Type.Record(
  MetadataName,
  Type.String({ maxLength: 4096, pattern: '^[^\\u0000]*$', expected: METADATA }),
  { additionalProperties: false, maxProperties: 100, expected: METADATA },
);

/** Body of `POST /v2/{ledger}/transactions`, and data of the bulk element `CREATE_TRANSACTION`. */
export const CreateTransactionBody = Type.Object(
  {
    postings: Type.Optional(
      Type.Array(
        Type.Object({ source: Address, destination: Address, amount: AmountInput, asset: Asset }, strict),
        { maxItems: 1000 },
      ),
    ),
    /** Works the postings out; goes without them. */
    script: Type.Optional(ScriptBody),
    reference: Type.Optional(Type.String({ ...ReferenceText, expected: 'text of 1 to 256 characters' })),
    timestamp: Type.Optional(Type.String({ maxLength: 40 })),
    metadata: Type.Optional(MetadataInput),
    accountMetadata: Type.Optional(
      Type.Record(Address, MetadataInput, { additionalProperties: false, maxProperties: 1000 }),
    ),
    force: Type.Optional(Type.Boolean()),
    status: Type.Optional(Type.Literal('pending', { expected: '"pending", or absent' })),
    /** Seconds until an open hold expires. */
    expiresIn: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 31_536_000, expected: 'whole seconds from 1 to 31536000' }),
    ),
    conditions: Type.Optional(ConditionsBody),
    expectedBalances: Type.Optional(ExpectedBalancesBody),
  },
  strict,
);

const read = bodyReader(CreateTransactionBody);

/** @throws ProblemException `malformed`, `no-postings`, `script-invalid`, `metadata-override` */
export const toCreateTransaction = (body: unknown): CreateTransaction => fromBody(read(body));

/** The command of a body that has the form already. */
export const fromBody = (body: Static<typeof CreateTransactionBody>): CreateTransaction => {
  expectOneWay(body);
  if (body.expiresIn !== undefined && body.status !== 'pending') {
    throw malformed([
      { loc: ['body', 'expiresIn'], msg: 'goes with status "pending" only', type: 'contradiction' },
    ]);
  }
  const command = toCommand(body);
  return body.script === undefined ? command : withScript(command, body.script);
};

/** Postings or a script: exactly one of them says what moves. */
const expectOneWay = ({ postings, script }: Static<typeof CreateTransactionBody>): void => {
  if (script !== undefined) {
    if (postings === undefined || postings.length === 0) return;
    throw malformed([{ loc: ['body', 'script'], msg: 'goes without postings', type: 'contradiction' }]);
  }
  if (postings === undefined) {
    throw malformed([{ loc: ['body', 'postings'], msg: 'is required, or a script', type: 'required' }]);
  }
  if (postings.length === 0) throw new ProblemException('no-postings', requestProblems['no-postings']);
};

const toCommand = (body: Static<typeof CreateTransactionBody>): CreateTransaction => ({
  type: 'CreateTransaction',
  postings: (body.postings ?? []).map(({ source, destination, amount, asset }) => ({
    source,
    destination,
    amount: BigInt(amount),
    asset,
  })),
  metadata: body.metadata ?? {},
  pending: body.status === 'pending',
  force: body.force ?? false,
  ...(body.reference === undefined ? {} : { reference: body.reference }),
  ...(body.timestamp === undefined ? {} : { timestamp: toInstant(body.timestamp, ['body', 'timestamp']) }),
  ...(body.accountMetadata === undefined ? {} : { accountMetadata: body.accountMetadata }),
  ...(body.expiresIn === undefined ? {} : { expiresInSeconds: body.expiresIn }),
  ...conditionsOf(body.conditions),
  ...expectedBalancesOf(body.expectedBalances),
});
