import { createHmac } from 'node:crypto';
import { asset, formatMoney, money, parseMoney } from '@defter/kernel';
import type { CallContext, EchoedMoney } from '@defter/payments-contracts';
import { exchange, type Exchange, readJson } from '@defter/platform';

const answerLimitBytes = 262_144;

/** PayTR's names of currencies. */
const currencyNames = { TRY: 'TL', USD: 'USD', EUR: 'EUR', GBP: 'GBP' } as const;

/** Their order number for our operation: they take letters and digits only, so the `_` goes. */
export const toMerchantOid = (operationId: string): string | undefined => {
  const [, hex] = /^op_([0-9a-f]{32})$/.exec(operationId) ?? [];
  return hex === undefined ? undefined : `op${hex}`;
};

/** Our operation of an order number; undefined where the number isn't one that we gave. */
export const toOperationId = (merchantOid: string): string | undefined => {
  const [, hex] = /^op([0-9a-f]{32})$/.exec(merchantOid) ?? [];
  return hex === undefined ? undefined : `op_${hex}`;
};

/** Their currency for ours, or undefined. */
export const theirCurrency = (currency: string): string | undefined =>
  Object.entries(currencyNames).find(([ours]) => ours === currency)?.[1];

const ourCurrency = (name: string): string | undefined =>
  name === 'TRY' ? name : Object.entries(currencyNames).find(([, theirs]) => theirs === name)?.[0];

/** `12.34` for 1234. */
export const toDecimal = (amountMinor: bigint): string =>
  formatMoney(money(asset('TRY/2'), amountMinor)).replace(/ .*/, '');

/** The money that an amount in decimals (with point or comma) and a currency say, or undefined. */
export const toMoney = (
  amount: string | undefined,
  currency: string | undefined,
): EchoedMoney | undefined => {
  const ours = ourCurrency(currency ?? '');
  if (amount === undefined || ours === undefined || !/^\d{1,15}(?:[.,]\d{1,2})?$/.test(amount))
    return undefined;
  return { amountMinor: parseMoney(amount.replace(',', '.'), asset(`${ours}/2`)).amount, currency: ours };
};

/** HMAC-SHA256 with the merchant's key, in base64: of requests and callbacks alike. */
export const hashOf = (merchantKey: string, text: string): Buffer =>
  createHmac('sha256', merchantKey).update(text).digest();

/** One form, signed over `signed` and the salt as PayTR asks; the answer is read as JSON later. */
export const post = (
  path: string,
  fields: Readonly<Record<string, string>>,
  signed: string,
  call: CallContext,
): Promise<Exchange> => {
  const { merchantKey = '', merchantSalt = '' } = call.credentials ?? {};
  const token = hashOf(merchantKey, `${signed}${merchantSalt}`).toString('base64');
  const { baseUrl, timeoutMs, signal } = call;
  return exchange({
    ...{ method: 'POST', url: `${baseUrl}${path}`, timeoutMs, limitBytes: answerLimitBytes },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...fields, paytr_token: token }).toString(),
    ...(signal !== undefined && { signal }),
  });
};

/** The JSON of an answer with status 200; undefined for every other. */
export const jsonOf = (answered: { readonly status: number; readonly body: Buffer }): unknown =>
  answered.status === 200 ? readJson(answered.body) : undefined;
