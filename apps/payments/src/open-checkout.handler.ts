import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import { absentCheckout, type CheckoutFacts, evolveCheckout, toStored } from '@defter/payments-domain';
import { appendEvents, canonicalJson, Database, type Transaction } from '@defter/platform';
import { databaseTime, findSessionByReference } from './checkout/checkout.read.js';
import type { CheckoutRequestRefusal } from './checkout/checkout.problems.js';
import { type CheckoutRow, claimSession } from './checkout/checkout-session-row.js';
import type { CheckoutRequest } from './checkout/checkout.wire.js';
import { CreateIntent } from './intents/create-intent.handler.js';
import { Routes } from './routes.js';

export type OpenOutcome =
  | { readonly accepted: true; readonly row: CheckoutRow; readonly created: boolean }
  | { readonly accepted: false; readonly refusal: CheckoutRequestRefusal };

interface Asker {
  readonly tenantId: string;
  readonly actor: string;
}

const TOKEN_BYTES = 32;

/** Gets or opens the checkout session of a merchant reference, with the payment intent behind it. */
@Injectable()
export class OpenCheckout {
  constructor(
    private readonly database: Database,
    private readonly routes: Routes,
    private readonly intents: CreateIntent,
  ) {}

  /** However many ask at once, one of them opens it; the same reference for something else is refused. */
  async getOrOpen(asker: Asker, request: CheckoutRequest): Promise<OpenOutcome> {
    const tenant = await this.routes.tenant(asker.tenantId);
    if (tenant.mode === 'live') return refused({ code: 'checkout-not-in-live' });
    const fingerprint = createHash('sha256').update(canonicalJson(request)).digest();
    return this.database.transaction(async (tx) => {
      const existing = () => this.existing(tx, asker.tenantId, request, fingerprint);
      const earlier = await existing();
      if (earlier !== undefined) return earlier;
      const routed = this.routes.choose(tenant, request.connectionId, request.currency);
      if (!routed.accepted) return routed;
      const intentId = await this.newIntent(asker, request);
      const opened =
        intentId !== undefined &&
        (await this.open(tx, asker, request, { intentId, fingerprint, connectionId: routed.connection.id }));
      // The reference is taken: by a session that was opened while this one waited, or by a payment without
      // one.
      return opened || ((await existing()) ?? refused(taken(request)));
    });
  }

  private async existing(
    tx: Transaction,
    tenantId: string,
    request: CheckoutRequest,
    fingerprint: Buffer,
  ): Promise<OpenOutcome | undefined> {
    const row = await findSessionByReference(tx, tenantId, request.merchantReference);
    if (row === undefined) return undefined;
    return row.fingerprint.equals(fingerprint)
      ? { accepted: true, row, created: false }
      : refused(taken(request));
  }

  /** The intent has the session's merchant reference: an order is one payment, however it is asked for. */
  private async newIntent({ tenantId, actor }: Asker, request: CheckoutRequest) {
    const { amountMinor, currency, customerId, merchantReference, metadata, connectionId } = request;
    if (amountMinor === 0n) return null;
    const outcome = await this.intents.getOrCreate(tenantId, actor, {
      ...{ amountMinor, currency, customerId, merchantReference, metadata, connectionId },
      ...{ paymentMethod: undefined, savedMethod: undefined, merchantId: undefined },
      ...{ surchargeMinor: undefined, captureMethod: undefined, returnUrl: undefined },
    });
    return outcome.accepted && outcome.created ? outcome.intentId : undefined;
  }

  private async open(
    tx: Transaction,
    { tenantId, actor }: Asker,
    { expiresInS, connectionId: _, ...wish }: CheckoutRequest,
    made: Pick<CheckoutFacts, 'intentId' | 'connectionId'> & { readonly fingerprint: Buffer },
  ): Promise<OpenOutcome | undefined> {
    const { fingerprint, ...origin } = made;
    const now = await databaseTime(tx);
    const expiresAt = new Date(now.getTime() + expiresInS * 1_000).toISOString();
    const facts = { sessionId: newId('cs'), ...wish, ...origin, expiresAt };
    const event = { type: 'CheckoutOpened', ...facts, at: now.toISOString() } as const;
    const session = evolveCheckout(absentCheckout, event);
    if (session.status === 'absent') throw new Error('An opened session is not absent');
    const row = {
      session,
      token: randomBytes(TOKEN_BYTES).toString('base64url'),
      fingerprint,
      createdAt: now,
    };
    if (!(await claimSession(tx, tenantId, session, row))) return undefined;
    const position = { tenantId, streamId: session.sessionId, expectedVersion: 0n };
    await appendEvents(tx, position, [toStored(event)], actor);
    return { accepted: true, row, created: true };
  }
}

const taken = ({ merchantReference }: CheckoutRequest): CheckoutRequestRefusal => ({
  ...{ code: 'merchant-reference-taken', merchantReference },
});
const refused = (refusal: CheckoutRequestRefusal) => ({ accepted: false, refusal }) as const;
