import { Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import { Database, notFound } from '@defter/platform';
import { CannotOpen, Sealing } from '../sealing.js';
import { type ClearSecret, newSecret } from '../signature.js';
import { secretPlace } from './endpoint.js';
import type { EndpointRefusal } from './endpoint.problems.js';
import { endSecrets, insertSecret, lockEndpoint } from './endpoint-row.js';

export type SecretOutcome =
  | { readonly accepted: true; readonly secretId: string; readonly shown: string | null }
  | { readonly accepted: false; readonly refusal: EndpointRefusal };

/** A new secret of an endpoint: generated, or brought along with `text`. */
export interface SecretWish {
  readonly scheme: ClearSecret['scheme'];
  readonly text: string | undefined;
  readonly overlapMs: number;
}

const SECRET_LIMIT = 5;
const SHOWN_FOR_MS = 24 * 3_600_000;

/**
 * Secrets of endpoints. The answer that shows one is stored by the platform under its Idempotency-Key, for
 * ever, so what is stored is the secret's sealed form (`shown`), which `open` turns into the secret for a
 * day.
 */
@Injectable()
export class Secrets {
  constructor(
    private readonly database: Database,
    private readonly sealing: Sealing,
  ) {}

  add(tenantId: string, endpointId: string, wish: SecretWish): Promise<SecretOutcome> {
    const secret = secretOf(wish);
    return this.database.transaction(async (tx) => {
      if ((await lockEndpoint(tx, tenantId, endpointId)) === undefined) throw notFound();
      const live = await endSecrets(tx, tenantId, endpointId, wish.overlapMs);
      if (wish.overlapMs > 0 && live >= SECRET_LIMIT)
        return { accepted: false, refusal: { code: 'too-many-secrets', limit: SECRET_LIMIT } };
      const id = newId('whs');
      const sealed = this.sealing.seal(secretPlace(tenantId, endpointId, id), secret.text);
      const { scheme, publicKey } = secret;
      await insertSecret(tx, tenantId, { endpointId, id, scheme, sealed, publicKey });
      // A private key is nobody's but ours; receivers get the public one.
      const isShown = scheme === 'v1' && wish.text === undefined;
      return { accepted: true, secretId: id, shown: isShown ? this.envelope(tenantId, secret.text) : null };
    });
  }

  /** The secret in an answer's `shown`, or null a day later. */
  open(tenantId: string, shown: string, now: number): string | null {
    try {
      const { text, until } = JSON.parse(this.sealing.open(`${tenantId}/shown`, shown)) as Envelope;
      return now < until ? text : null;
    } catch (error) {
      if (error instanceof CannotOpen) return null;
      throw error;
    }
  }

  private envelope(tenantId: string, text: string): string {
    const envelope: Envelope = { text, until: Date.now() + SHOWN_FOR_MS };
    return this.sealing.seal(`${tenantId}/shown`, JSON.stringify(envelope));
  }
}

interface Envelope {
  readonly text: string;
  readonly until: number;
}

const secretOf = ({ scheme, text }: SecretWish): ClearSecret =>
  text === undefined ? newSecret(scheme) : { scheme: 'v1', text };
