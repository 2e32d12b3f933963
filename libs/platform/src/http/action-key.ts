import { createHash } from 'node:crypto';
import type { Caller } from './route.js';

interface Button {
  readonly action: string;
  /** What the action is about; after any change it has another version, and its buttons other keys. */
  readonly id: string;
  readonly version: number | bigint;
}

/**
 * The Idempotency-Key of a button that is shown to this caller: pressing twice is one action. Keys belong to
 * a tenant, so the person is in it: what one was answered is no answer to another one.
 */
export function actionKey({ action, id, version }: Button, { actor }: Pick<Caller, 'actor'>): string {
  // Names may have characters that no key may have, and any length.
  const who = createHash('sha256').update(actor).digest('hex').slice(0, 12);
  return `${action}:${id}:${version}:${who}`;
}
