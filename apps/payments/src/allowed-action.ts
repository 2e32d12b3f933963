import { actionKey, type Caller } from '@defter/platform';

/** A button: whether this caller may press it, why not, and the key that makes pressing twice one action. */
export interface AllowedAction {
  readonly action: string;
  readonly allowed: boolean;
  readonly reason: string | null;
  readonly idempotency_key: string;
}

interface Subject {
  readonly id: string;
  /** What the buttons are about: after any change they have other keys. */
  readonly version: bigint;
  readonly scope: string;
  readonly caller: Caller;
}

/** The buttons of an intent or refund; each with why it is barred, or null. */
export const actionsOn = (
  { id, version, scope, caller }: Subject,
  barred: Readonly<Record<string, string | null>>,
): readonly AllowedAction[] =>
  Object.entries(barred).map(([action, why]) => {
    const reason = caller.scopes.includes(scope) ? why : `The key needs the scope ${scope}`;
    const idempotency_key = actionKey({ action, id, version }, caller);
    return { action, allowed: reason === null, reason, idempotency_key };
  });
