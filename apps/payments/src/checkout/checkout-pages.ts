import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { type ExistingIntent, type OperationState, waitingAttempt } from '@defter/payments-domain';
import { Database } from '@defter/platform';
import { findIntent } from '../intents/intent.read.js';
import { Tenants } from '../tenants/tenants.js';
import type { CheckoutRow } from './checkout-session-row.js';
import { databaseTime, findSessionByToken } from './checkout.read.js';
import { isBrowserUrl } from './checkout.wire.js';
import { pagePath } from './page/page-path.js';
import type { Language } from './page/page-texts.js';
import type { PageView, Situation } from './page/page-view.js';

/** A session's page, found by its address. */
export interface FoundPage extends CheckoutRow {
  readonly tenant: Tenant;
  readonly intent: ExistingIntent | undefined;
  readonly now: Date;
}

interface Address {
  readonly tenant: string;
  readonly token: string;
}

/** What the browser told by the address it asked for. */
export interface Arrival {
  readonly fromBank: boolean;
  readonly chooseFirst: boolean;
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const LONG_MS = 30_000;

/** What a payer may be shown. */
@Injectable()
export class CheckoutPages {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
  ) {}

  /** Undefined for an address that nobody was given, and for all of a live tenant's. */
  async find({ tenant: tenantId, token }: Address): Promise<FoundPage | undefined> {
    const tenant = (await this.tenants.all()).find(({ id }) => id === tenantId);
    if (tenant === undefined || tenant.mode === 'live' || !TOKEN.test(token)) return undefined;
    const row = await findSessionByToken(this.database, tenantId, token);
    if (row === undefined) return undefined;
    const { intentId } = row.session;
    const found = intentId === null ? undefined : await findIntent(this.database, tenantId, intentId);
    return { ...row, tenant, intent: found?.intent, now: await databaseTime(this.database) };
  }

  /** What is to be shown now. */
  view(found: FoundPage, language: Language, arrival: Arrival): PageView {
    const { tenant, token, session, now } = found;
    const leftMs = Date.parse(session.expiresAt) - now.getTime();
    return {
      language,
      path: pagePath(tenant.id, token),
      merchant: tenant.name,
      session,
      minutesLeft: Math.max(1, Math.ceil(leftMs / 60_000)),
      situation: this.situationOf(found, arrival),
    };
  }

  private situationOf(found: FoundPage, arrival: Arrival): Situation {
    const { session, intent, now } = found;
    if (session.status === 'complete') return { is: 'complete' };
    const attempt = lastAttempt(intent);
    if (intent !== undefined && attempt !== undefined && isBeingPaid(found))
      return underWay({ intent, attempt }, now, arrival);
    if (hasExpired(found)) return { is: 'expired' };
    const declinedBecause = attempt === undefined ? null : (attempt.declineCode ?? 'declined');
    return { is: 'to pay', declinedBecause, chooseFirst: arrival.chooseFirst };
  }
}

/** The call by which the payer tried to pay last. */
export const lastAttempt = (intent: ExistingIntent | undefined): OperationState | undefined =>
  intent?.operations.findLast(({ kind }) => kind === 'sale');

/** Who was given up, or has done all, isn't sent to the bank again. */
const underWay = (
  { intent, attempt }: { readonly intent: ExistingIntent; readonly attempt: OperationState },
  now: Date,
  { fromBank }: Arrival,
): Situation => {
  const { operationId, nextActionUrl, at } = attempt;
  const isWaiting = waitingAttempt(intent)?.operationId === operationId;
  const nextUrl = isWaiting && isBrowserUrl(nextActionUrl) ? nextActionUrl : undefined;
  if (nextUrl !== undefined && !fromBank) return { is: 'at the bank', nextUrl };
  return { is: 'processing', takesLong: now.getTime() - Date.parse(at) > LONG_MS, nextUrl };
};

/** Statuses of an intent that nobody is paying. */
const AT_REST: ReadonlySet<string> = new Set(['requires_payment_method', 'canceled']);

const isBeingPaid = ({ session, intent }: FoundPage): boolean =>
  session.status === 'open' && intent !== undefined && !AT_REST.has(intent.status);

/** Also while nobody has noted yet that its time is up. */
const hasExpired = ({ session, intent, now }: FoundPage): boolean =>
  session.status === 'expired' || intent?.status === 'canceled' || now.toISOString() >= session.expiresAt;
