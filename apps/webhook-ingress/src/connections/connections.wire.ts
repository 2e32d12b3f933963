import type { SigningKey } from '@defter/backoffice-contracts';
import { type Connection, stateOf } from './connections.read.js';
import type { KeyUseRow } from './key-use.read.js';

/** A connection with its signing keys; never their secrets. */
export function toConnectionView(connection: Connection, uses: readonly KeyUseRow[], now: Date) {
  const { id, provider, webhookPath, signatureEnforced, signingKeys } = connection;
  const known = uses.filter(({ connectionId }) => connectionId === id);
  const keys = signingKeys.map((key) => toKeyView(key, known, now));
  const configured = new Set(signingKeys.map((key) => key.id));
  const removed = known.filter(({ keyId }) => !configured.has(keyId)).map((use) => removedView(use));
  return {
    ...{ id, provider, webhook_path: webhookPath, signature_enforced: signatureEnforced },
    signing_keys: [...keys, ...removed],
  };
}

function toKeyView(key: SigningKey, uses: readonly KeyUseRow[], now: Date) {
  const use = uses.find(({ keyId }) => keyId === key.id);
  return {
    ...{ id: key.id, state: stateOf(key, now) as 'live' | 'not_yet' | 'over' | 'removed' },
    not_before: key.notBefore?.toISOString() ?? null,
    not_after: key.notAfter?.toISOString() ?? null,
    ...useView(use),
  };
}

function removedView(use: KeyUseRow) {
  return { id: use.keyId, state: 'removed' as const, not_before: null, not_after: null, ...useView(use) };
}

function useView(use: KeyUseRow | undefined) {
  return {
    uses: use?.uses ?? 0n,
    first_used_at: use?.firstUsedAt.toISOString() ?? null,
    last_used_at: use?.lastUsedAt.toISOString() ?? null,
  };
}
