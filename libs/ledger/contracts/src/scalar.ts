import { Type } from '@sinclair/typebox';

/** A decimal integer ≥ 0 of the asset's smallest unit, of at most 78 digits, as text: `"1250"`. */
export const AmountText = Type.String({ pattern: '^(0|[1-9][0-9]{0,77})$' });

/** A figure of either sign and at most 78 digits, as text. */
export const SignedAmountText = Type.String({ pattern: '^(0|-?[1-9][0-9]{0,77})$' });

/** A sum of amounts, as text: with room for more of the largest amounts than a ledger can ever have. */
export const SumText = Type.String({ pattern: '^(0|[1-9][0-9]{0,99})$' });

/** A sum of amounts of either sign, as text. */
export const SignedSumText = Type.String({ pattern: '^-?(0|[1-9][0-9]{0,99})$' });

/** Segments `[A-Za-z0-9_-]+` joined by `:`, at most 256 characters. */
export const AddressText = Type.String({ pattern: '^[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)*$', maxLength: 256 });

/** Currency or token with its scale: `TRY/2`, `JPY`. */
export const AssetText = Type.String({ pattern: '^[A-Z][A-Z0-9]{0,16}(_[A-Z]{1,16})?(/[0-9]{1,6})?$' });

/** An instant in ISO 8601 UTC, for example `2026-01-31T09:30:00.123456Z`. */
export const InstantText = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?Z$',
});

/** Free text that names a thing of the caller: no control characters, 1 to 256 characters. */
export const ReferenceText = Type.String({
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
  minLength: 1,
  maxLength: 256,
});

/** The name of a ledger within its tenant. */
export const LedgerName = Type.String({ pattern: '^[A-Za-z0-9_-]{1,63}$' });

/** A name in metadata: 1 to 128 characters, none of them a control character. */
export const MetadataName = Type.String({ pattern: '^[^\\u0000-\\u001f\\u007f]{1,128}$' });

/** Strings by string; the ledger never interprets them. */
export const MetadataRecord = Type.Record(
  MetadataName,
  Type.String({ maxLength: 4096, pattern: '^[^\\u0000]*$' }),
  { additionalProperties: false, maxProperties: 100 },
);

export const PostingV1 = Type.Object(
  { source: AddressText, destination: AddressText, amount: AmountText, asset: AssetText },
  { additionalProperties: false },
);
