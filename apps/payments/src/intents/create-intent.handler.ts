import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { newId } from '@defter/kernel';
import { absentIntent, evolveIntent, type IntentCommand, type IntentRefusal } from '@defter/payments-domain';
import { canonicalJson, Database, type Transaction } from '@defter/platform';
import { newOperation } from '../new-operation.js';
import { Routes } from '../routes.js';
import type { IntentRequestRefusal } from './intent.problems.js';
import type { IntentRequest } from './intent.wire.js';
import { claimReference, intentByReference } from './intent-row.js';
import { Intents } from './intents.js';

export type CreateOutcome =
  | { readonly accepted: true; readonly intentId: string; readonly created: boolean }
  | { readonly accepted: false; readonly refusal: IntentRefusal | IntentRequestRefusal };

/** Gets or creates the intent of a merchant reference, and starts attempts. */
@Injectable()
export class CreateIntent {
  constructor(
    private readonly database: Database,
    private readonly routes: Routes,
    private readonly intents: Intents,
  ) {}

  /** However many ask at once, one of them creates it. The same reference for something else is refused. */
  async getOrCreate(tenantId: string, actor: string, request: IntentRequest): Promise<CreateOutcome> {
    const tenant = await this.routes.tenant(tenantId);
    return this.database.transaction(async (tx) => {
      const { connectionId, paymentMethod, ...facts } = request;
      const intentId = newId('pi');
      const at = this.intents.now().toISOString();
      const command: IntentCommand = { type: 'CreateIntent', intentId, ...facts, at };
      const draft = evolveIntent(absentIntent, { ...command, type: 'PaymentIntentCreated' });
      if (draft.status === 'absent') throw new Error('A created intent is not absent');
      const fingerprint = fingerprintOf(request);
      if (!(await claimReference(tx, tenantId, draft, fingerprint))) {
        return this.existing(tx, tenantId, request, fingerprint);
      }
      await this.intents.handle(tx, tenant, intentId, { command, actor });
      if (paymentMethod === undefined) return { accepted: true, intentId, created: true };
      const started = await this.start(tx, tenant, {
        intentId,
        actor,
        connectionId,
        paymentMethod,
        ...facts,
      });
      return started.accepted ? { accepted: true, intentId, created: true } : started;
    });
  }

  /** Starts a (further) attempt of an existing intent. */
  async confirm(
    tenantId: string,
    actor: string,
    intentId: string,
    wish: ConfirmWish,
  ): Promise<CreateOutcome> {
    const tenant = await this.routes.tenant(tenantId);
    return this.database.transaction((tx) => this.start(tx, tenant, { intentId, actor, ...wish }));
  }

  /** Ends an intent that has no open attempt. */
  async cancel(tenantId: string, actor: string, intentId: string): Promise<CreateOutcome> {
    const tenant = await this.routes.tenant(tenantId);
    const command: IntentCommand = { type: 'CancelIntent', by: actor, at: this.intents.now().toISOString() };
    const outcome = await this.database.transaction((tx) =>
      this.intents.handle(tx, tenant, intentId, { command, actor }),
    );
    return outcome.accepted ? { accepted: true, intentId, created: false } : outcome;
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

  private async start(tx: Transaction, tenant: Tenant, attempt: Attempt): Promise<CreateOutcome> {
    const { intentId, actor, amountMinor, currency, paymentMethod: instrument } = attempt;
    const routed = this.routes.choose(tenant, attempt.connectionId, currency, instrument);
    // The caller's `respond` throws on it, which undoes the claim of a new intent too.
    if (!routed.accepted) return routed;
    const wish = { kind: 'sale', amountMinor, currency, instrument } as const;
    const operation = newOperation(tenant, routed.connection, wish, this.intents.now());
    const command: IntentCommand = { type: 'StartAttempt', operation };
    const outcome = await this.intents.handle(tx, tenant, intentId, { command, actor });
    return outcome.accepted ? { accepted: true, intentId, created: false } : outcome;
  }
}

export interface ConfirmWish {
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly connectionId: string | undefined;
  readonly paymentMethod: string;
}

type Attempt = ConfirmWish & { readonly intentId: string; readonly actor: string };

const fingerprintOf = (request: IntentRequest): Buffer =>
  createHash('sha256').update(canonicalJson(request)).digest();
