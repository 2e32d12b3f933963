import { createHmac } from 'node:crypto';
import type { Operation } from '../../operations/operation.js';
import { iyzicoLadder } from '../ladder.js';
import { type Dialect, isAny2xx, jsonOf, type Seal, type Telling } from './dialect.js';

/** What the signature of the direct form covers, in its order. */
export interface SignedForm {
  readonly iyziEventType: string;
  readonly paymentId: string;
  readonly paymentConversationId: string;
  readonly status: string;
}

/**
 * The direct form of iyzico's webhooks (docs.iyzico.com, Webhook): `X-IYZ-SIGNATURE-V3` is the hex of
 * HMAC-SHA256 over secret key, event type, payment id, conversation id and status, joined by nothing. The
 * conversation id is our operation id; amounts aren't told, and nothing but charges and refunds.
 */
export const iyzico: Dialect = {
  id: 'iyzico',
  ladder: iyzicoLadder,
  hasBatches: false,
  write: ([telling], seal) => {
    const truth = formOf(telling);
    if (truth === undefined) return undefined;
    const signature = formSignature(truth, seal.keys[0]?.secret ?? '');
    const told = seal.flaw === 'boundary_shift' ? shifted(truth) : truth;
    const body = jsonOf({ ...told, ...unsignedOf(telling, seal) });
    const headers = { 'content-type': 'application/json; charset=utf-8', 'x-iyz-signature-v3': signature };
    return { body, headers };
  },
  isAccepted: isAny2xx,
};

/** The hex signature of a direct form. */
export function formSignature(form: SignedForm, secretKey: string): string {
  const { iyziEventType, paymentId, paymentConversationId, status } = form;
  const data = `${secretKey}${iyziEventType}${paymentId}${paymentConversationId}${status}`;
  return createHmac('sha256', secretKey).update(data).digest('hex');
}

function formOf({ type, operation }: Telling): SignedForm | undefined {
  const word = eventTypeOf(type, operation);
  if (word === undefined) return undefined;
  // iyzico's payment ids are digits.
  const paymentId = BigInt(`0x${operation.providerRef.slice(-12)}`).toString();
  const status = type === 'deposit_failed' || type === 'refund_failed' ? 'FAILURE' : 'SUCCESS';
  return { iyziEventType: word, paymentId, paymentConversationId: operation.operationId, status };
}

function eventTypeOf(type: Telling['type'], { kind, challengeId }: Operation): string | undefined {
  if (type === 'unknown') return 'REHEARSAL_ANNOUNCED';
  if (type === 'refund_succeeded' || type === 'refund_failed') return 'REFUND';
  if (kind !== 'charge') return undefined;
  return challengeId === null ? 'API_AUTH' : 'THREE_DS_AUTH';
}

function unsignedOf({ eventId, step, operation }: Telling, { flaw, padding }: Seal): object {
  const isLie = flaw === 'unsigned_field';
  return {
    merchantId: operation.connectionId,
    iyziReferenceCode: isLie ? 'somebody-elses-reference' : eventId,
    iyziEventTime: Date.parse(step.at),
    ...(isLie && { paidPrice: operation.approvedMinor * 2n }),
    ...(padding !== '' && { padding }),
  };
}

/** The payment id's last digit becomes the first letter of the conversation id. */
function shifted(form: SignedForm): SignedForm {
  const { paymentId, paymentConversationId } = form;
  return {
    ...form,
    paymentId: paymentId.slice(0, -1),
    paymentConversationId: `${paymentId.slice(-1)}${paymentConversationId}`,
  };
}
