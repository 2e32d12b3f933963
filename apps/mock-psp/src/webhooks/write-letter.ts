import type { Book, OpenDelivery } from '../book/book.js';
import type { DialectId, MerchantConnection } from '../connections.js';
import type { Flaw, Operation } from '../operations/operation.js';
import { adyen } from './dialects/adyen.js';
import type { Dialect, Letter, Telling } from './dialects/dialect.js';
import { iyzico } from './dialects/iyzico.js';
import { own } from './dialects/own.js';
import { paytr } from './dialects/paytr.js';
import { stripe } from './dialects/stripe.js';

const dialects: Readonly<Record<DialectId, Dialect>> = { 'mock-psp': own, stripe, adyen, iyzico, paytr };

/** Nobody has these secrets; webhooks with a bad signature are signed with them. */
const strangersSecrets: Readonly<Record<DialectId, string>> = {
  ...{ 'mock-psp': 'whsec_of_somebody_else', stripe: 'whsec_of_somebody_else', adyen: 'ab'.repeat(32) },
  ...{ iyzico: 'somebody-else', paytr: 'somebody:else' },
};
const wrongTimeMs = 3_600_000;
/** Just above 2 MB. */
const paddingLength = 2_100_000;

export function dialectOf({ dialect }: MerchantConnection): Dialect {
  return dialects[dialect];
}

/** The request of a delivery, with the keys of this moment; undefined when its dialect has no word for it. */
export function writeLetter(
  open: OpenDelivery,
  connection: MerchantConnection,
  { book, at }: { readonly book: Book; readonly at: Date },
): Letter | undefined {
  const { delivery, operation } = open;
  const { flaw } = delivery;
  const dialect = dialectOf(connection);
  const companions = dialect.hasBatches ? companionsOf(open, book) : [];
  const stranger = { secret: strangersSecrets[dialect.id] };
  return dialect.write([tellingOf(open, operation), ...companions], {
    keys: flaw === 'bad_signature' ? [stranger] : connection.signingKeys,
    at: new Date(at.getTime() + timeShiftMs(flaw)),
    flaw: flaw === 'unsigned_field' || flaw === 'boundary_shift' ? flaw : null,
    padding: flaw === 'huge' ? 'x'.repeat(paddingLength) : '',
  });
}

function tellingOf({ delivery }: OpenDelivery, operation: Operation): Telling {
  const { eventId, type, flaw } = delivery;
  const step = operation.steps[delivery.step];
  if (step === undefined)
    throw new Error(`${delivery.id} reports a step that ${operation.operationId} doesn't have`);
  const approvedMinor = operation.approvedMinor + (flaw === 'other_content' ? 1n : 0n);
  return {
    eventId,
    type: flaw === 'unknown_type' ? 'unknown' : type,
    step,
    operation: { ...operation, approvedMinor },
  };
}

/** What earlier operations told last, once more. */
function companionsOf({ delivery, operation }: OpenDelivery, book: Book): readonly Telling[] {
  return delivery.companions.flatMap((id) => {
    const earlier = book.find(operation.connectionId, id);
    const last = earlier?.deliveries.findLast(({ flaw, dueAt }) => flaw === null && dueAt <= delivery.dueAt);
    if (earlier === undefined || last === undefined) return [];
    return [tellingOf({ delivery: last, operation: earlier }, earlier)];
  });
}

function timeShiftMs(flaw: Flaw | null): number {
  if (flaw === 'old_time') return -wrongTimeMs;
  return flaw === 'future_time' ? wrongTimeMs : 0;
}
