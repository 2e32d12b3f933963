import { ValidateBy, type ValidationOptions } from 'class-validator';
import { compactIban, holdsCardNumber, ibanFault, isIban } from '@defter/kernel';
import { HasForm } from '@defter/platform';

const isPlain = (value: unknown, max: number): value is string =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= max &&
  !/[\u0000-\u001f\u007f]/.test(value);

/**
 * Text of 1 to `max` characters without control characters, and unless `noCard` is false without anything
 * like a card number.
 */
export const IsPlainText = (
  max: number,
  { noCard = true } = {},
  options?: ValidationOptions,
): PropertyDecorator =>
  ValidateBy(
    {
      name: 'plainText',
      validator: {
        validate: (value) => isPlain(value, max) && !(noCard && holdsCardNumber(value)),
        defaultMessage: () =>
          `$property must be text of 1 to ${max} characters${noCard ? ' and hold no card number' : ''}`,
      },
    },
    options,
  );

/** A segment of a ledger address: an account is named after it. */
export const IsSegment = (): PropertyDecorator =>
  ValidateBy({
    name: 'segment',
    validator: {
      validate: (value) =>
        typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value) && !holdsCardNumber(value),
      defaultMessage: () => '$property must be 1 to 64 letters, digits, _ and -, and hold no card number',
    },
  });

/**
 * Where a payout goes: an IBAN, or a name that the provider gave an account. Letters and digits that begin as
 * an IBAN does are one, so that a mistyped one isn't taken for a name.
 */
export const IsDestination = (): PropertyDecorator =>
  ValidateBy({
    name: 'destination',
    validator: {
      validate: (value) => isPlain(value, 128) && !holdsCardNumber(value) && ibanFaultOf(value) === undefined,
      defaultMessage: (args) => {
        const fault = typeof args?.value === 'string' ? ibanFaultOf(args.value) : undefined;
        return `$property ${fault ?? DESTINATION}`;
      },
    },
  });

/**
 * An IBAN as banks store it, without spaces and in capitals, so that equal ones are equal texts; a name as it
 * is.
 */
export const storedDestination = (text: string): string => (isIban(text) ? compactIban(text) : text);

const DESTINATION =
  'must be an IBAN, or an account by its name at the provider, of at most 128 characters and no card number';
const LIKE_IBAN = /^[A-Z]{2}[0-9]{2}[A-Z0-9]*$/;

const ibanFaultOf = (text: string): string | undefined => {
  if (!LIKE_IBAN.test(compactIban(text))) return undefined;
  const found = ibanFault(text);
  if (found === undefined) return undefined;
  switch (found.fault) {
    case 'form':
      return 'is no IBAN: it has 12 to 34 letters and digits after its country';
    case 'length':
      return `is no IBAN: one of ${found.country} has ${found.expected} characters, this one ${found.length}`;
    case 'check-digits':
      return 'is no IBAN: its check digits don’t fit, so a character is mistyped or two are turned';
  }
};

/** An address of http or https, without a name and password in it. */
export const IsReturnUrl = (): PropertyDecorator =>
  ValidateBy({
    name: 'returnUrl',
    validator: {
      validate: (value) => isPlain(value, 2_048) && isWebAddress(value) && !holdsCardNumber(value),
      defaultMessage: () =>
        '$property must be an http(s) address of at most 2048 characters, without a card number in it',
    },
  });

const isWebAddress = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
};

/** At most 20 names with texts, none of which looks like a card number. */
export const IsMetadata = (): PropertyDecorator =>
  ValidateBy({
    name: 'metadata',
    validator: {
      validate: (value) =>
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        Object.keys(value as object).length <= 20 &&
        Object.entries(value as Record<string, unknown>).every(
          ([name, text]) =>
            isPlain(name, 64) &&
            !holdsCardNumber(name) &&
            typeof text === 'string' &&
            text.length <= 512 &&
            !holdsCardNumber(text),
        ),
      defaultMessage: () => '$property must be at most 20 texts by name, without card numbers',
    },
  });

/** Of what was shown: nobody approves or overwrites what they didn't see. `shown` names it. */
export const IsPayloadHash = (shown: string): PropertyDecorator =>
  HasForm(/^[0-9a-f]{64}$/, `the payload_hash of the ${shown} as it was shown`);
