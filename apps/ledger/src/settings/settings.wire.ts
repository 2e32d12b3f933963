import { type Static, Type } from '@sinclair/typebox';
import { bodyReader } from '../body-reader.js';

const word = <W extends string>(...words: readonly W[]) =>
  Type.Optional(
    Type.Unsafe<W>(
      Type.String({ enum: [...words], pattern: `^(${words.join('|')})$`, expected: words.join(' or ') }),
    ),
  );

/** Body of `PATCH /v2/{ledger}/_settings`: what is left out stays. */
export const SettingsBody = Type.Object(
  {
    /** Takes no new transaction, reversal or metadata; holds that are open may still end. */
    closed: Type.Optional(Type.Boolean()),
    /** Accounts must match a type or exist before they are used. */
    strict: Type.Optional(Type.Boolean()),
    /** Whether a refused key stays refused for ever, or may be tried again. */
    refusals: word('sticky', 'retryable'),
    /** What a backdated transaction must leave funds for. */
    backdating: word('final-state', 'every-state'),
    /** `shadow` accepts what rules about balances would refuse, and marks it. */
    mode: word('enforce', 'shadow'),
    /** Whether balances that commands expect are compared. */
    balanceMismatchLog: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false, minProperties: 1 },
);

export type SettingsChange = Static<typeof SettingsBody>;

const read = bodyReader(SettingsBody);

/** @throws ProblemException `malformed` */
export const toSettingsChange = (body: unknown): SettingsChange => read(body);
