/** Why a call may not start now, by what is known of an intent; the words behind refusals and buttons. */
import { liveAuthorizations, openCharges, uncollectedMinor } from './intent-money.js';
import type { ExistingIntent, IntentRefusal } from './intent.js';

/** Why no call that charges or releases may start now. */
export const barredFromCharging = (intent: ExistingIntent): IntentRefusal | undefined => {
  const open = openCharges(intent);
  const abandoned = open.find(({ operationId }) => intent.abandoned.includes(operationId));
  if (abandoned !== undefined) return { code: 'attempt-abandoned', operation: abandoned.operationId };
  const unknown = open.find(({ result }) => result === 'unknown');
  if (unknown !== undefined) return { code: 'attempt-unknown', operation: unknown.operationId };
  if (open[0] !== undefined) return { code: 'attempt-in-progress', operation: open[0].operationId };
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    return { code: 'intent-settled', status: intent.status };
  }
  return undefined;
};

/** Why no attempt may start, beside what bars every call: the payer's money is reserved already. */
export const barredFromAttempt = (intent: ExistingIntent): IntentRefusal | undefined =>
  liveAuthorizations(intent).length > 0 ? { code: 'intent-authorized', status: intent.status } : undefined;

/** Why nothing may be captured: nothing is reserved, or all that the payer was asked for is collected. */
export const barredFromCapture = (intent: ExistingIntent): IntentRefusal | undefined =>
  liveAuthorizations(intent).length === 0 || uncollectedMinor(intent) === 0n
    ? { code: 'nothing-to-capture', status: intent.status }
    : undefined;
