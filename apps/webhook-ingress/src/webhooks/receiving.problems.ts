import type { Problem } from '@defter/platform';

/** Why a request is not received. Nothing is stored then. */
export type ReceivingRefusal =
  | { readonly code: 'unknown-provider' }
  | { readonly code: 'unknown-connection' }
  | { readonly code: 'webhook-signature-invalid'; readonly reason: string };

/** How these appear over HTTP. */
export const receivingProblems = {
  'unknown-provider': { status: 404, title: 'No such provider' },
  'unknown-connection': { status: 404, title: 'No such connection at this provider' },
  'webhook-signature-invalid': { status: 401, title: 'The signature of the webhook is not valid' },
} satisfies Record<ReceivingRefusal['code'], Problem>;
