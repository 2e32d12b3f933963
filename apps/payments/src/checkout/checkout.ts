import type { Tenant } from '@defter/backoffice-contracts';
import {
  absentCheckout,
  type CheckoutCommand,
  checkoutEventFrom,
  type CheckoutRefusal,
  decideCheckout,
  evolveCheckout,
  type ExistingCheckout,
  toStored,
} from '@defter/payments-domain';
import { appendEvents, loadStream, type Transaction } from '@defter/platform';
import { publish, type Snapshot } from '../publishing/payments-event.js';
import { databaseTime } from './checkout.read.js';
import { updateSession } from './checkout-session-row.js';

export type CheckoutOutcome =
  | { readonly accepted: true; readonly session: ExistingCheckout; readonly isNews: boolean }
  | { readonly accepted: false; readonly refusal: CheckoutRefusal };

interface Asked {
  /** The command, by the database's time under the lock. */
  readonly command: (at: string) => CheckoutCommand;
  readonly actor: string;
}

/**
 * Decides one command on the session, alone until the end of the transaction. Whoever needs the intent as
 * well locks that one first.
 */
export const handleCheckout = async (
  tx: Transaction,
  tenant: Pick<Tenant, 'id'>,
  sessionId: string,
  { command, actor }: Asked,
): Promise<CheckoutOutcome> => {
  const { version, events: past } = await loadStream(tx, tenant.id, sessionId, { lock: true });
  const before = past
    .map((event) => checkoutEventFrom(event as never))
    .reduce(evolveCheckout, absentCheckout);
  const decision = decideCheckout(command((await databaseTime(tx)).toISOString()), before);
  if (!decision.accepted) return decision;
  const session = decision.events.reduce(evolveCheckout, before);
  if (session.status === 'absent') throw new Error(`Nothing made the session ${sessionId}`);
  if (decision.events.length === 0) return { accepted: true, session, isNews: false };
  const position = { tenantId: tenant.id, streamId: sessionId, expectedVersion: version };
  const after = await appendEvents(tx, position, decision.events.map(toStored), actor);
  await updateSession(tx, tenant.id, session, after);
  await publish(tx, tenant.id, toSnapshot(session, after), decision.events);
  return { accepted: true, session, isNews: true };
};

/** A step of an intent ends the session that it belongs to, if there is one and the step does. */
export const followIntent = async (
  tx: Transaction,
  tenant: Pick<Tenant, 'id'>,
  { id, status }: Pick<Snapshot, 'id' | 'status'>,
): Promise<void> => {
  if (status !== 'succeeded' && status !== 'canceled') return;
  const [owner] = await tx.query<{ session_id: string }>(
    'select session_id from checkout_session where tenant_id = $1 and intent_id = $2',
    [tenant.id, id],
  );
  if (owner === undefined) return;
  const outcome = status === 'succeeded' ? 'captured' : 'canceled';
  const command = (at: string) => ({ type: 'FollowIntent', outcome, at }) as const;
  await handleCheckout(tx, tenant, owner.session_id, { command, actor: 'intent' });
};

const toSnapshot = (session: ExistingCheckout, version: bigint): Snapshot => {
  const { sessionId: id, status, customerId, merchantReference, amountMinor, currency } = session;
  return {
    type: 'CheckoutSessionChanged',
    ...{ id, version, status, customerId, merchantReference, amountMinor, currency, operations: [] },
  };
};
