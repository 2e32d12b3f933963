import { operationView } from '../../operations/operation.wire.js';
import { ownLadder } from '../ladder.js';
import { signatureHeader } from '../signature.js';
import { type Dialect, isAny2xx, type Letter, type Seal, type Telling } from './dialect.js';

const header = 'mock-signature';

/**
 * This provider's own: the whole body and the time of sending are signed. Several events travel as `{id,
 * type: "batch", connection_id, events}`.
 */
export const own: Dialect = {
  id: 'mock-psp',
  ladder: ownLadder,
  hasBatches: true,
  write: (tellings, seal) => {
    const [first, ...others] = tellings;
    const event = eventOf(first);
    const batch = {
      id: `${first.eventId}b`,
      type: 'batch',
      connection_id: first.operation.connectionId,
      events: tellings.map(eventOf),
    };
    const body = others.length === 0 ? event : batch;
    const text = JSON.stringify(seal.padding === '' ? body : { ...body, padding: seal.padding });
    const lies = seal.flaw === 'unsigned_field' ? { 'mock-event-type': 'deposit_captured' } : {};
    return sealed(text, header, seal, lies);
  },
  isAccepted: isAny2xx,
};

function eventOf({ eventId, type, step, operation }: Telling) {
  return {
    id: eventId,
    type: type === 'unknown' ? 'rehearsal_announced' : type,
    connection_id: operation.connectionId,
    occurred_at: step.at,
    operation: operationView(operation, step),
  };
}

/** A request with `t=…,v1=…` in a header over its whole body: this provider's own form, and Stripe's. */
export function sealed(
  text: string,
  headerName: string,
  { keys, at, flaw }: Seal,
  more: Readonly<Record<string, string>>,
): Letter {
  const secrets = keys.map(({ secret }) => secret);
  const signature = signatureHeader(text, secrets, at);
  const headers = { 'content-type': 'application/json; charset=utf-8', ...more };
  if (flaw !== 'boundary_shift') return { body: text, headers: { ...headers, [headerName]: signature } };
  // The time loses its last digit to the body: who joins the two without the point would not notice.
  const [, digits = '', rest = ''] = /^t=([0-9]+)(.*)$/.exec(signature) ?? [];
  const shifted = `t=${digits.slice(0, -1)}${rest}`;
  return { body: `${digits.slice(-1)}.${text}`, headers: { ...headers, [headerName]: shifted } };
}
