import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import { absentIntent, evolveIntent, type IntentCommand, type IntentFacts } from '@defter/payments-domain';
import { canonicalJson, CrashPoints, Database, type Transaction } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { Routes } from '../routes.js';
import { Attempts } from './attempts.js';
import type { ChargeRefusal } from '../intent.problems.js';
import type { IntentRequest } from './intent.wire.js';
import { claimReference, intentByReference } from './intent-row.js';
import { Intents } from './intents.js';

export type CreateOutcome =
  | { readonly accepted: true; readonly intentId: string; readonly created: boolean }
  | { readonly accepted: false; readonly refusal: ChargeRefusal };

/** Gets or creates the intent of a merchant reference. */
@Injectable()
export class CreateIntent {
  @Inject(CrashPoints) private readonly crash!: CrashPoints<CrashPoint>;

  constructor(
    private readonly database: Database,
    private readonly routes: Routes,
    private readonly intents: Intents,
    private readonly attempts: Attempts,
  ) {}

  /** However many ask at once, one of them creates it. The same reference for something else is refused. */
  async getOrCreate(tenantId: string, actor: string, request: IntentRequest): Promise<CreateOutcome> {
    const tenant = await this.routes.tenant(tenantId);
    return this.database.transaction(async (tx) => {
      const facts = toFacts(newId('pi'), request);
      const { intentId } = facts;
      const command: IntentCommand = { type: 'CreateIntent', ...facts, at: this.intents.now().toISOString() };
      const draft = evolveIntent(absentIntent, { ...command, type: 'PaymentIntentCreated' });
      if (draft.status === 'absent') throw new Error('A created intent is not absent');
      const fingerprint = fingerprintOf(request);
      if (!(await claimReference(tx, tenantId, draft, fingerprint))) {
        return this.existing(tx, tenantId, request, fingerprint);
      }
      await this.intents.handle(tx, tenant, intentId, { command, actor });
      tx.afterCommit(() => this.crash.reach('intent.after-commit'));
      const { paymentMethod, connectionId } = request;
      if (paymentMethod === undefined) return { accepted: true, intentId, created: true };
      // The caller's `respond` throws on a refusal, which undoes the claim of the new intent too.
      const started = await this.attempts.start(tx, tenant, draft, { paymentMethod, connectionId, actor });
      this.crash.reach('intent.before-commit');
      return started.accepted ? { accepted: true, intentId, created: true } : started;
    });
  }

  private async existing(
    tx: Transaction,
    tenantId: string,
    { merchantReference }: IntentRequest,
    fingerprint: Buffer,
  ): Promise<CreateOutcome> {
    const row = await intentByReference(tx, tenantId, merchantReference);
    if (row === undefined) throw new Error('A taken merchant reference has no intent');
    const { intentId } = row.intent;
    if (row.fingerprint.equals(fingerprint)) return { accepted: true, intentId, created: false };
    return { accepted: false, refusal: { code: 'merchant-reference-taken', merchantReference, intentId } };
  }
}

const toFacts = (intentId: string, request: IntentRequest): IntentFacts => ({
  intentId,
  merchantReference: request.merchantReference,
  customerId: request.customerId,
  merchantId: request.merchantId ?? null,
  amountMinor: request.amountMinor,
  surchargeMinor: request.surchargeMinor ?? 0n,
  currency: request.currency,
  captureMethod: request.captureMethod ?? 'automatic',
  instrument: request.savedMethod ?? request.paymentMethod ?? null,
  returnUrl: request.returnUrl ?? null,
  metadata: request.metadata,
});

const fingerprintOf = (request: IntentRequest): Buffer =>
  createHash('sha256').update(canonicalJson(request)).digest();
