import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { holdsCardNumber } from '@defter/kernel';
import { isISO4217CurrencyCode, Matches, ValidateBy } from 'class-validator';

const assetPattern = /^[A-Z][A-Z0-9]{0,16}(_[A-Z]{1,16})?(\/\d{1,6})?$/;
/** As many digits as numeric(78) columns and the contracts of messages hold. */
const maxDigits = 78;
const amountEnd = 10n ** BigInt(maxDigits);

/**
 * An amount of the smallest unit: a JSON integer or a decimal-integer string, ≥ 0, of at most 78 digits; the
 * field becomes a bigint. Fractions, exponents, signs, spaces, leading zeros and digits of other scripts are
 * refused.
 */
export function IsAmount(): PropertyDecorator {
  return applyDecorators(
    // The input's own value: class-transformer has by then copied LosslessNumber into something else.
    Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => toAmount(obj[key]), {
      toClassOnly: true,
    }),
    ValidateBy({
      name: 'amount',
      validator: {
        validate: (value) => typeof value === 'bigint' && value >= 0n && value < amountEnd,
        defaultMessage: () =>
          '$property must be a whole number of the smallest unit, 0 or more, of at most 78 digits',
      },
    }),
  );
}

/**
 * Text of a form, in `words` for whoever sends another: `1 to 64 letters, digits, _ and -`. Nobody who calls
 * us is to read a regular expression.
 */
export function HasForm(form: RegExp, words: string, options: { each?: boolean } = {}): PropertyDecorator {
  const subject = options.each === true ? 'each value in $property' : '$property';
  return Matches(form, { ...options, message: `${subject} must be ${words}` });
}

/** A name as ids of customers, connections and providers are: 1 to 64 letters, digits, `_` and `-`. */
export function IsName(): PropertyDecorator {
  return HasForm(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, _ and -');
}

/** An id as `newId` of the kernel makes it, such as `pi_…`. */
export function IsId(prefix: string): PropertyDecorator {
  return HasForm(
    new RegExp(`^${prefix}_[0-9a-f]{32}$`),
    `an id that begins with ${prefix}_, as it was given in an answer`,
  );
}

/** Text without a card number (see `holdsCardNumber`); what isn't text is for other rules. */
export function HasNoCardNumber(): PropertyDecorator {
  return ValidateBy({
    name: 'noCardNumber',
    validator: {
      validate: (value) => typeof value !== 'string' || !holdsCardNumber(value),
      defaultMessage: () => '$property must hold no card number',
    },
  });
}

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/u;
/** Letters, digits, punctuation, signs; not what only fills space, also where Unicode calls it a letter. */
const VISIBLE = /(?![\p{Default_Ignorable_Code_Point}\u2800])[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * Why a person did something, for whoever reads it later: 1 to `max` characters, one of which can be seen,
 * and no control characters besides tabs and line ends.
 */
export function IsReason(max = 2_000): PropertyDecorator {
  return ValidateBy({
    name: 'reason',
    validator: {
      validate: (value) =>
        typeof value === 'string' && value.length <= max && VISIBLE.test(value) && !CONTROL.test(value),
      defaultMessage: () =>
        `$property must say why, in 1 to ${max} characters that can be read, without control characters`,
    },
  });
}

/** A name as people see it: two that look alike are not to be told apart by what nobody sees. */
export const isSeen = (text: string): boolean => VISIBLE.test(text) && !UNSEEN.test(text);

/** An asset code such as `TRY/2`, `JPY`, `BTC/8`. */
export function IsAssetCode(): PropertyDecorator {
  return Matches(assetPattern, { message: '$property must be an asset such as TRY/2' });
}

/** A currency of ISO 4217, in capitals. */
export function IsCurrency(): PropertyDecorator {
  return ValidateBy({
    name: 'currency',
    validator: {
      validate: (value) =>
        typeof value === 'string' && /^[A-Z]{3}$/.test(value) && isISO4217CurrencyCode(value),
      defaultMessage: () => '$property must be an ISO 4217 currency code such as TRY',
    },
  });
}

/** The amount a JSON value says, or the value itself when it says none (the validator then refuses it). */
export function toAmount(value: unknown): unknown {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && value.length <= maxDigits && /^(0|[1-9][0-9]*)$/.test(value))
    return BigInt(value);
  return value;
}
