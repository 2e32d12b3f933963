/** `object.what_happened`: words of small letters, joined by dots. */
const WORD = '[a-z][a-z0-9_]*';
const TYPE = new RegExp(`^${WORD}(\\.${WORD})+$`);
const PATTERN = new RegExp(`^(\\*|${WORD}(\\.${WORD})*\\.\\*|${WORD}(\\.${WORD})+)$`);
const LONGEST = 100;

/** Whether the text is a type of an event, for example `payout.paid`. */
export const isEventType = (text: string): boolean => text.length <= LONGEST && TYPE.test(text);

/** Whether the text chooses events: a type, `payout.*` (everything below it), or `*`. */
export const isEventPattern = (text: string): boolean => text.length <= LONGEST && PATTERN.test(text);

/** Whether one of the patterns chooses the type. A star stands for at least one word, and only at the end. */
export const choosesType = (patterns: readonly string[], type: string): boolean =>
  patterns.some((pattern) =>
    pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type,
  );

/** `PaymentIntent` → `payment_intent`. */
export const snakeCase = (name: string): string =>
  name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
