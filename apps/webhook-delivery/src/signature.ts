// Signatures of Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec
import { createHmac, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/**
 * `v1`: HMAC-SHA256 with a secret that both sides have. `v1a`: Ed25519; receivers only get the public key.
 */
export type Scheme = 'v1' | 'v1a';

/** A secret in clear: `whsec_…` of v1, the private key (PKCS #8, base64) of v1a. */
export interface ClearSecret {
  readonly scheme: Scheme;
  readonly text: string;
  /** `whpk_…` of v1a. */
  readonly publicKey?: string;
}

/** What is signed. The same id in every attempt; the time is that of the attempt. */
export interface SignedContent {
  readonly id: string;
  readonly at: Date;
  readonly body: string;
}

const SECRET_PREFIX = 'whsec_';
const PUBLIC_PREFIX = 'whpk_';
const NEW_SECRET_BYTES = 32;
/** An Ed25519 public key as SPKI is twelve bytes of header, then the 32 bytes of the key (RFC 8410). */
const RAW_PUBLIC_KEY = 12;

export const newSecret = (scheme: Scheme): ClearSecret => {
  if (scheme === 'v1')
    return { scheme, text: SECRET_PREFIX + randomBytes(NEW_SECRET_BYTES).toString('base64') };
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(RAW_PUBLIC_KEY);
  return {
    scheme,
    text: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    publicKey: PUBLIC_PREFIX + raw.toString('base64'),
  };
};

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Whether a tenant may bring this secret along: `whsec_` and the base64 of 24 to 64 bytes. */
export const isGivenSecret = (text: string): boolean => {
  const base64 = text.startsWith(SECRET_PREFIX) ? text.slice(SECRET_PREFIX.length) : '';
  const { length } = Buffer.from(base64, 'base64');
  return BASE64.test(base64) && length >= 24 && length <= 64;
};

/** `webhook-timestamp`: whole seconds. */
export const timestampOf = (at: Date): string => `${Math.floor(at.getTime() / 1_000)}`;

/** `webhook-signature`: one signature per secret, so that a receiver finds its own while they rotate. */
export const signatureHeader = (secrets: readonly ClearSecret[], content: SignedContent): string =>
  secrets.map((secret) => signed(secret, content)).join(' ');

function signed({ scheme, text }: ClearSecret, { id, at, body }: SignedContent): string {
  const bytes = Buffer.from(`${id}.${timestampOf(at)}.${body}`);
  if (scheme === 'v1') {
    const key = Buffer.from(text.slice(SECRET_PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(bytes).digest('base64')}`;
  }
  const key = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
  return `v1a,${sign(null, bytes, key).toString('base64')}`;
}
