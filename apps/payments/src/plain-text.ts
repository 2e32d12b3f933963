import { ValidateBy, type ValidationOptions } from 'class-validator';
import { holdsCardNumber } from '@defter/payments-contracts';

const isPlain = (value: unknown, max: number): value is string =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= max &&
  !/[\u0000-\u001f\u007f]/.test(value);

/**
 * Text of 1 to `max` characters without control characters; with `noCard`, without anything like a card
 * number.
 */
export const IsPlainText = (
  max: number,
  { noCard = false } = {},
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
            isPlain(name, 64) && typeof text === 'string' && text.length <= 512 && !holdsCardNumber(text),
        ),
      defaultMessage: () => '$property must be at most 20 texts by name, without card numbers',
    },
  });
