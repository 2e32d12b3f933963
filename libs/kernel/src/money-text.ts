import { currencyOf, scaleOf, type Asset } from './asset.js';
import { money, type Money } from './money.js';

const INTEGER = /^(?:0|-?[1-9][0-9]*)$/;
const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

/**
 * An amount in smallest units from its only written form: a decimal integer of any size, without plus sign,
 * leading zero, space, exponent or fraction. A minus sign is allowed (balances may be negative). Throws a
 * RangeError otherwise.
 */
export const parseAmount = (text: string): bigint => {
  if (!INTEGER.test(text)) throw new RangeError(`not a decimal integer: ${excerpt(text)}`);
  return BigInt(text);
};

/** For people: `1234.56 TRY`, always with all decimals of the scale. */
export const formatMoney = ({ asset, amount }: Money): string => {
  const scale = scaleOf(asset);
  const digits = (amount < 0n ? -amount : amount).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : `.${digits.slice(-scale)}`;
  return `${amount < 0n ? '-' : ''}${whole}${fraction} ${currencyOf(asset)}`;
};

/**
 * Reads `1234.56` as an amount of `asset`. Fewer decimals than the scale are filled up with zeros; more are
 * refused, because dropping them would change the amount. Throws a RangeError for anything else.
 */
export const parseMoney = (text: string, asset: Asset): Money => {
  const match = DECIMAL.exec(text);
  if (match === null) throw new RangeError(`not a decimal number: ${excerpt(text)}`);
  const [, sign = '', whole = '', fraction = ''] = match;
  const scale = scaleOf(asset);
  if (fraction.length > scale) throw new RangeError(`${asset} has ${scale} decimals: ${excerpt(text)}`);
  return money(asset, BigInt(`${sign}1`) * BigInt(whole + fraction.padEnd(scale, '0')));
};

/** Error texts may reach a log, so hostile input is cut. */
const excerpt = (text: string): string => JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
