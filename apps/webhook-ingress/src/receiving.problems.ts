import type { Problem } from '@defter/platform';

/** Why a request is not received. Nothing of it is stored then, but for a few samples. */
export type ReceivingRefusal =
  | { readonly code: 'unknown-provider' }
  | { readonly code: 'unknown-connection' }
  | { readonly code: 'webhook-signature-invalid'; readonly reason: string }
  | { readonly code: 'too-large' }
  | { readonly code: 'too-many-unsigned'; readonly retryAfterS: number };

/** How these appear over HTTP. */
export const receivingProblems = {
  'unknown-provider': { status: 404, title: 'No such provider' },
  'unknown-connection': { status: 404, title: 'No such connection at this provider' },
  'webhook-signature-invalid': { status: 401, title: 'The signature of the webhook is not valid' },
  'too-large': { status: 413, title: 'The body is too large' },
  'too-many-unsigned': { status: 429, title: 'Too many requests came without a valid signature' },
} satisfies Record<ReceivingRefusal['code'], Problem>;
