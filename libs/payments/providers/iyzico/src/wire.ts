import { createHmac, randomUUID } from 'node:crypto';
import { asset, formatMoney, money, parseMoney } from '@defter/kernel';
import type { CallContext, EchoedMoney } from '@defter/payments-contracts';
import { exchange, type Exchange, readJson, textMember, writtenMember } from '@defter/platform';

const answerLimitBytes = 1_048_576;

/** `12.34` for 1234. */
export const toDecimal = (amountMinor: bigint): string =>
  formatMoney(money(asset('TRY/2'), amountMinor)).replace(/ .*/, '');

/** The money that a decimal amount (`1`, `1.5`, `1.50000000`) and a currency say, or undefined. */
export const toMoney = (
  amount: string | undefined,
  currency: string | undefined,
): EchoedMoney | undefined => {
  const [, digits] = /^(\d{1,15}(?:\.\d{1,2})?)(?:\.0+|(?<=\.\d\d)0*|(?<=\.\d)0*)?$/.exec(amount ?? '') ?? [];
  if (digits === undefined || currency === undefined || !/^[A-Z]{3}$/.test(currency)) return undefined;
  return { amountMinor: parseMoney(digits, asset(`${currency}/2`)).amount, currency };
};

/**
 * One call, signed as IYZWSv2: HMAC-SHA256 hex of the random key, the path with its query, and the body. The
 * exact body that was signed is what is sent.
 */
export const call = (
  method: 'GET' | 'POST',
  path: string,
  body: object | undefined,
  context: CallContext,
): Promise<Exchange> => {
  const { baseUrl, apiKey, credentials = {}, timeoutMs, signal } = context;
  const text = body === undefined ? '' : JSON.stringify(body);
  const randomKey = randomUUID();
  const signature = createHmac('sha256', credentials['secretKey'] ?? '')
    .update(`${randomKey}${path}${text}`)
    .digest('hex');
  const proof = `apiKey:${apiKey}&randomKey:${randomKey}&signature:${signature}`;
  return exchange({
    ...{ method, url: `${baseUrl}${path}`, timeoutMs, limitBytes: answerLimitBytes },
    headers: {
      ...{ accept: 'application/json', 'content-type': 'application/json', 'x-iyzi-rnd': randomKey },
      authorization: `IYZWSv2 ${Buffer.from(proof).toString('base64')}`,
    },
    ...(body !== undefined && { body: text }),
    ...(signal !== undefined && { signal }),
  });
};

/** An answer in iyzico's own words, or why there is none. */
export type Said =
  | { readonly word: 'success'; readonly json: unknown }
  | { readonly word: 'failure'; readonly code: string }
  | { readonly word: 'never_sent' | 'unclear'; readonly reason: string };

/** iyzico's "system error" says nothing of what became of the request. */
const systemError = '1';

/** What the exchange brought. Only `failure` with a code of theirs is a refusal. */
export const readAnswer = (answer: Exchange): Said => {
  if (answer.outcome === 'not_sent') return { word: 'never_sent', reason: answer.reason };
  if (answer.outcome === 'no_answer') return { word: 'unclear', reason: answer.reason };
  const json = readJson(answer.body);
  if (answer.status === 200 && textMember(json, 'status') === 'success') return { word: 'success', json };
  const code = refusalCode(answer.status, json);
  return code === undefined
    ? { word: 'unclear', reason: `status ${answer.status} without a clear answer` }
    : { word: 'failure', code };
};

const refusalCode = (status: number, json: unknown): string | undefined => {
  const isPlain = status === 200 || (status >= 400 && status < 500);
  const code = writtenMember(json, 'errorCode');
  return isPlain && textMember(json, 'status') === 'failure' && code !== systemError ? code : undefined;
};
