import { createHmac } from 'node:crypto';
import { paytrLadder } from '../ladder.js';
import type { Dialect, DialectKey, Seal, Telling } from './dialect.js';

/** What the hash covers, beside the salt. */
export interface SignedCallback {
  readonly merchant_oid: string;
  readonly status: string;
  readonly total_amount: string;
}

/**
 * PayTR's callback (dev.paytr.com, Direkt API 2. adım): a form whose `hash` is the base64 of HMAC-SHA256
 * over order, salt, status and amount, joined by nothing. The order is our operation id without what isn't
 * a letter or digit, as PayTR wants it. Only charges are told; accepted is an answer that says `OK` and
 * nothing else. The signing key's parameter `salt` is the merchant salt; without it the secret is
 * `<merchant key>:<merchant salt>`.
 */
export const paytr: Dialect = {
  id: 'paytr',
  ladder: paytrLadder,
  hasBatches: false,
  write: ([telling], seal) => {
    const truth = callbackOf(telling);
    if (truth === undefined) return undefined;
    const hash = callbackHash(truth, seal.keys[0] ?? { secret: '' });
    const told = seal.flaw === 'boundary_shift' ? shifted(truth) : truth;
    const form = new URLSearchParams({ ...told, hash, ...unsignedOf(telling, seal) });
    return {
      body: form.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    };
  },
  isAccepted: (status, body) => status === 200 && body.trim() === 'OK',
};

/** The base64 hash of a callback. */
export function callbackHash(callback: SignedCallback, { secret, parameters }: DialectKey): string {
  const [whole, parts] = [parameters?.['salt'], secret.split(':')];
  const [key, salt] = whole === undefined ? [parts[0] ?? '', parts[1] ?? ''] : [secret, whole];
  const data = `${callback.merchant_oid}${salt}${callback.status}${callback.total_amount}`;
  return createHmac('sha256', key).update(data).digest('base64');
}

function callbackOf({ type, operation }: Telling): SignedCallback | undefined {
  const merchant_oid = operation.operationId.replace(/[^0-9A-Za-z]/g, '');
  const total_amount = operation.approvedMinor.toString();
  if (type !== 'unknown' && operation.kind !== 'charge') return undefined;
  switch (type) {
    case 'unknown':
      return { merchant_oid, status: 'rehearsal', total_amount };
    case 'deposit_captured':
      return { merchant_oid, status: 'success', total_amount };
    case 'deposit_failed':
      return { merchant_oid, status: 'failed', total_amount: '0' };
    default:
      return undefined;
  }
}

function unsignedOf({ step, operation }: Telling, { flaw, padding }: Seal): Record<string, string> {
  const isLie = flaw === 'unsigned_field';
  const currency = operation.currency === 'TRY' ? 'TL' : operation.currency;
  return {
    payment_amount: (isLie ? operation.amountMinor * 2n : operation.amountMinor).toString(),
    currency: isLie ? 'GBP' : currency,
    payment_type: 'card',
    test_mode: '1',
    installment_count: '1',
    ...(step.declineCode !== undefined && { failed_reason_code: '0', failed_reason_msg: step.declineCode }),
    ...(padding !== '' && { padding }),
  };
}

/** The amount's first digit becomes the status's last character. */
function shifted(callback: SignedCallback): SignedCallback {
  const { status, total_amount } = callback;
  return { ...callback, status: `${status}${total_amount.slice(0, 1)}`, total_amount: total_amount.slice(1) };
}
