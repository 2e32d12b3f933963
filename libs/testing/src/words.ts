import { getMetadataStorage } from 'class-validator';

/** What a regular expression looks like in the middle of a sentence. */
const REGEX = /regular expression|\\[dwsup]|\[\^?[A-Za-z0-9]-|\(\?[:=!<]|[\])][*+?{]|\^\[|\{\d+,\d*\}/;

/** Whether the text shows its reader a regular expression, or a part of one. */
export const showsRegex = (text: string): boolean => REGEX.test(text);

interface Rule {
  readonly name?: string;
  readonly propertyName: string;
  readonly message?: unknown;
  readonly target: unknown;
}

/**
 * The rules of class-validator, of all classes that were loaded, that would answer with a regular expression:
 * those that match one and have no words of their own. `Class.property`, in order.
 */
export const rulesWithoutWords = (): readonly string[] => {
  const { validationMetadatas } = getMetadataStorage() as unknown as {
    readonly validationMetadatas: ReadonlyMap<unknown, readonly Rule[]>;
  };
  return [...validationMetadatas.values()]
    .flat()
    .filter(({ name, message }) => name === 'matches' && (typeof message !== 'string' || showsRegex(message)))
    .map(({ target, propertyName }) => `${(target as { name?: string }).name}.${propertyName}`)
    .sort();
};

/** How many rules there are in all: a sweep that sees none proves nothing. */
export const ruleCount = (): number =>
  [
    ...(
      getMetadataStorage() as unknown as { validationMetadatas: Map<unknown, unknown[]> }
    ).validationMetadatas.values(),
  ].flat().length;
