import type { Declaration, ValueType } from './ast.js';
import { type Portion, PORTION_FORM, toPortion } from './portion.js';
import { VariableError } from './script-error.js';

/** The value of a variable; `text` is how metadata shows it. */
export type Value =
  | { readonly type: 'account' | 'asset' | 'string'; readonly text: string }
  | { readonly type: 'number'; readonly text: string; readonly amount: bigint }
  | { readonly type: 'monetary'; readonly text: string; readonly asset: string; readonly amount: bigint }
  | { readonly type: 'portion'; readonly text: string; readonly portion: Portion };

export type Values = ReadonlyMap<string, Value>;

const ADDRESS = /^[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)*$/;
const MAX_ADDRESS_LENGTH = 256;
const ASSET = /^[A-Z][A-Z0-9]{0,16}(_[A-Z]{1,16})?(\/[0-9]{1,6})?$/;
const AMOUNT = /^[0-9]{1,78}$/;

/** Whether the text is an account address. */
export const isAddress = (text: string): boolean => text.length <= MAX_ADDRESS_LENGTH && ADDRESS.test(text);

/** Reads a whole number of at most 78 digits; undefined when it is none. */
export const toAmount = (given: unknown): bigint | undefined => {
  const text = typeof given === 'bigint' || Number.isSafeInteger(given) ? String(given) : given;
  return typeof text === 'string' && AMOUNT.test(text) ? BigInt(text) : undefined;
};

const toMoney = (given: unknown): Value | undefined => {
  const [asset, amount, ...more] =
    typeof given === 'string' ? given.split(' ') : (Object.values(moneyMembers(given)) as unknown[]);
  const units = toAmount(amount);
  if (units === undefined || typeof asset !== 'string' || !ASSET.test(asset) || more.length > 0)
    return undefined;
  return { type: 'monetary', text: `${asset} ${units}`, asset, amount: units };
};

const moneyMembers = (given: unknown): object => {
  if (typeof given !== 'object' || given === null || Object.keys(given).length !== 2) return {};
  const { asset, amount } = given as { asset?: unknown; amount?: unknown };
  return { asset, amount };
};

type Reader = readonly [form: string, read: (given: unknown) => Value | undefined];

const textReader =
  (type: 'account' | 'asset' | 'string', fits: (text: string) => boolean) => (given: unknown) =>
    typeof given === 'string' && fits(given) ? { type, text: given } : undefined;

const READERS: Readonly<Record<ValueType, Reader>> = {
  account: ['an account address without "@", such as users:42', textReader('account', isAddress)],
  asset: ['an asset such as TRY/2', textReader('asset', (text) => ASSET.test(text))],
  string: ['a text', textReader('string', () => true)],
  number: [
    'a whole number ≥ 0 of at most 78 digits, as a JSON integer or as text',
    (given) => {
      const amount = toAmount(given);
      return amount === undefined ? undefined : { type: 'number', text: String(amount), amount };
    },
  ],
  monetary: ['an amount such as "TRY/2 100" or {"asset": "TRY/2", "amount": 100}', toMoney],
  portion: [
    PORTION_FORM,
    (given) => {
      const portion = typeof given === 'string' ? toPortion(given) : undefined;
      return portion === undefined ? undefined : { type: 'portion', text: given as string, portion };
    },
  ],
};

/**
 * Reads the values that came with a script, by its declarations. `given` maps names without `$` to JSON
 * values.
 * @throws VariableError naming every variable that is missing, unknown or of another type
 */
export const readVariables = (
  declarations: readonly Declaration[],
  given: Readonly<Record<string, unknown>>,
): Values => {
  const values = new Map<string, Value>();
  const errors: { name: string; reason: string }[] = [];
  for (const { name, type } of declarations) {
    const [form, read] = READERS[type];
    const value = Object.hasOwn(given, name) ? read(given[name]) : undefined;
    if (value !== undefined) values.set(name, value);
    else
      errors.push({ name, reason: Object.hasOwn(given, name) ? `must be ${form}` : `is missing: ${form}` });
  }
  const declared = new Set(declarations.map(({ name }) => name));
  for (const name of Object.keys(given)) {
    if (!declared.has(name)) errors.push({ name, reason: 'is not declared in vars { } of the script' });
  }
  if (errors.length > 0) throw new VariableError(errors);
  return values;
};
