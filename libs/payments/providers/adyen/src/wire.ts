import { createHmac } from 'node:crypto';
import { listMember, memberOf, textMember, writtenMember } from '@defter/platform';

/** What the signature of a notification covers. */
export interface SignedItem {
  readonly pspReference: string;
  readonly originalReference: string;
  readonly merchantAccountCode: string;
  readonly merchantReference: string;
  readonly value: string;
  readonly currency: string;
  readonly eventCode: string;
  readonly success: string;
}

/** One notification of a batch, with its signature and everything that isn't signed. */
export interface Item {
  readonly signed: SignedItem;
  readonly signature: string;
  readonly unsigned: Readonly<Record<string, unknown>>;
}

const maxItems = 500;
const signedNames = new Set([
  ...['pspReference', 'originalReference', 'merchantAccountCode', 'merchantReference'],
  ...['amount', 'eventCode', 'success'],
]);

/** The notifications of a body; undefined when one of them, or the batch, hasn't Adyen's form. */
export const readItems = (json: unknown): readonly Item[] | undefined => {
  const rows = listMember(json, 'notificationItems');
  const items = rows.map((row) => readItem(memberOf(row, 'NotificationRequestItem')));
  if (items.length === 0 || items.length > maxItems) return undefined;
  const read = items.filter((item) => item !== undefined);
  return read.length === items.length ? read : undefined;
};

const readItem = (json: unknown): Item | undefined => {
  const signed = signedPart(json);
  const hasForm = Object.entries(patterns).every(([name, form]) =>
    form.test(signed[name as keyof SignedItem]),
  );
  if (!hasForm) return undefined;
  return {
    signed,
    signature: textMember(memberOf(json, 'additionalData'), 'hmacSignature') ?? '',
    unsigned: Object.fromEntries(
      Object.entries(json as Record<string, unknown>).filter(([name]) => !signedNames.has(name)),
    ),
  };
};

/** The form of what an event can't do without. */
const patterns = {
  pspReference: /./,
  value: /^\d{1,18}$/,
  currency: /^[A-Z]{3}$/,
  eventCode: /^\w{1,64}$/,
  success: /^(?:true|false)$/,
};

/** The signed fields as text; what is missing is signed as nothing. */
const signedPart = (json: unknown): SignedItem => {
  const text = (field: string): string => textMember(json, field) ?? '';
  const amount = memberOf(json, 'amount');
  return {
    pspReference: text('pspReference'),
    originalReference: text('originalReference'),
    merchantAccountCode: text('merchantAccountCode'),
    merchantReference: text('merchantReference'),
    value: writtenMember(amount, 'value') ?? '',
    currency: textMember(amount, 'currency') ?? '',
    eventCode: text('eventCode'),
    success: text('success'),
  };
};

/**
 * HMAC-SHA256 over the signed fields joined by `:`, with a key in hex. Undefined for a key that isn't one.
 */
export const digestOf = (signed: SignedItem, hexKey: string): Buffer | undefined =>
  /^(?:[0-9A-Fa-f]{2})+$/.test(hexKey)
    ? createHmac('sha256', Buffer.from(hexKey, 'hex')).update(textOf(signed)).digest()
    : undefined;

const textOf = (signed: SignedItem): string =>
  [
    ...[signed.pspReference, signed.originalReference, signed.merchantAccountCode, signed.merchantReference],
    ...[signed.value, signed.currency, signed.eventCode, signed.success],
  ].join(':');

/** The separator isn't escaped, so a field that holds one could be another field's. */
export const isUnambiguous = (signed: SignedItem): boolean =>
  !Object.values(signed).some((text: string) => text.includes(':'));
