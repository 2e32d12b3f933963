import { createHmac, randomUUID } from 'node:crypto';

/** A webhook in the mock provider's dialect, ready to be sent. */
export interface SignedWebhook {
  readonly id: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Signs now; it may be sent for five minutes. */
export const signedWebhook = (secret: string, id = `evt_${randomUUID()}`): SignedWebhook => {
  const operation = {
    ...{ id: `mp_${id}`, operation_id: `op_${id}`, kind: 'charge', status: 'succeeded', currency: 'TRY' },
    ...{ amount: '12345', fee: '309' },
  };
  const occurred_at = new Date().toISOString();
  const body = JSON.stringify({ id, type: 'deposit_captured', occurred_at, operation });
  const t = Math.floor(Date.now() / 1_000);
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
  return {
    id,
    body,
    headers: { 'content-type': 'application/json', 'mock-signature': `t=${t},v1=${v1}` },
  };
};

/** So many, of which a part repeats others: each once at least, the repetitions anywhere after. */
export const withDuplicates = (secret: string, count: number, part: number): SignedWebhook[] => {
  const distinct = Array.from({ length: Math.round(count * (1 - part)) }, () => signedWebhook(secret));
  const list = [...distinct];
  while (list.length < count) {
    const from = Math.floor(Math.random() * distinct.length);
    const again = distinct[from];
    if (again !== undefined)
      list.splice(from + 1 + Math.floor(Math.random() * (list.length - from)), 0, again);
  }
  return list;
};
