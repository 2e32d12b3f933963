import { Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import {
  type ExistingIntent,
  type IntentCommand,
  liveAuthorizations,
  type OperationKind,
  type OperationState,
  resolvableOf,
} from '@defter/payments-domain';
import { Database } from '@defter/platform';
import { rateCardOf } from '../new-operation.js';
import { Routes } from '../routes.js';
import { Attempts, type AttemptWish, type ChargeOutcome } from './attempts.js';
import { Intents } from './intents.js';

interface Who {
  readonly tenantId: string;
  readonly actor: string;
}

type Metadata = Readonly<Record<string, string>>;

/** What callers do to an intent that exists. */
@Injectable()
export class ChangeIntent {
  constructor(
    private readonly database: Database,
    private readonly routes: Routes,
    private readonly intents: Intents,
    private readonly attempts: Attempts,
  ) {}

  /** Starts a (further) attempt. */
  async confirm(who: Who, intent: ExistingIntent, wish: Omit<AttemptWish, 'actor'>): Promise<ChargeOutcome> {
    const tenant = await this.routes.tenant(who.tenantId);
    const asked = { ...wish, actor: who.actor };
    return this.database.transaction((tx) => this.attempts.start(tx, tenant, intent, asked));
  }

  /** Captures a part of what is authorised; without an amount, what is left of it. */
  async capture(
    who: Who,
    intent: ExistingIntent,
    wish: { readonly amountMinor: bigint | null; readonly metadata: Metadata },
  ): Promise<ChargeOutcome> {
    const tenant = await this.routes.tenant(who.tenantId);
    const { amountMinor, metadata } = wish;
    const fresh = { operationId: newId('op'), at: this.at() };
    const command = { type: 'CaptureIntent', ...fresh, amountMinor, rateCard: rateCardOf(tenant) } as const;
    return this.run(who, intent, command, metadata);
  }

  /**
   * Ends an intent without a charge; what is authorised and not captured is released at the provider, an
   * attempt that waits for its payer is given up.
   */
  cancel(who: Who, intent: ExistingIntent, metadata: Metadata): Promise<ChargeOutcome> {
    // One for each that is live, one for what may become so meanwhile, and one for what waits.
    const more = [newId('op'), ...liveAuthorizations(intent).map(() => newId('op'))];
    const command = { operationIds: [newId('op'), ...more], by: who.actor, at: this.at() } as const;
    return this.run(who, intent, { type: 'CancelIntent', ...command }, metadata);
  }

  /**
   * Gives up the attempt that waits for its payer, or only the one that is named; another one may start once
   * it is provably not charged.
   */
  abandon(who: Who, intent: ExistingIntent, attempt?: string): Promise<ChargeOutcome> {
    const named = attempt === undefined ? {} : { attempt };
    const command = { ...named, operationId: newId('op'), by: who.actor, at: this.at() } as const;
    return this.run(who, intent, { type: 'AbandonAttempt', reason: 'requested', ...command }, {});
  }

  /** Asks the provider now about calls whose outcome isn't known; nobody writes one. */
  resolve(who: Who, intent: ExistingIntent): Promise<ChargeOutcome> {
    return this.run(who, intent, { type: 'ResolveIntent', by: who.actor, at: this.at() }, {});
  }

  private async run(
    { tenantId, actor }: Who,
    intent: ExistingIntent,
    command: IntentCommand,
    metadata: Metadata,
  ): Promise<ChargeOutcome> {
    const { intentId } = intent;
    const missing = this.missing(intent, command.type);
    if (missing !== undefined) {
      return { accepted: false, refusal: { code: 'operation-not-supported', operationKind: missing } };
    }
    const tenant = await this.routes.tenant(tenantId);
    return this.database.transaction(async (tx) => {
      const outcome = await this.intents.handle(tx, tenant, intentId, { command, actor, metadata });
      return outcome.accepted ? { accepted: true, intentId } : outcome;
    });
  }

  /** The kind of call that the command needs and the provider doesn't have. */
  private missing(intent: ExistingIntent, type: IntentCommand['type']): OperationKind | undefined {
    if (type === 'ResolveIntent') return this.isUnanswerable(intent) ? 'chargeback' : undefined;
    const kind = type === 'CaptureIntent' ? 'capture' : type === 'CancelIntent' ? 'void' : undefined;
    if (kind === undefined) return undefined;
    return liveAuthorizations(intent).every(({ provider }) => this.routes.can(provider, kind))
      ? undefined
      : kind;
  }

  /** All that is open are disputes, at providers that can't be asked about them. */
  private isUnanswerable(intent: ExistingIntent): boolean {
    const open = resolvableOf(intent);
    const isUnanswerable = ({ kind, provider }: OperationState): boolean =>
      kind === 'chargeback' && !this.routes.findsDisputes(provider);
    return open.length > 0 && open.every(isUnanswerable);
  }

  private at(): string {
    return this.intents.now().toISOString();
  }
}
