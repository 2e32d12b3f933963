import type { Problem } from '@defter/platform';

/** Why an endpoint, or one of its secrets, isn't made or changed. */
export type EndpointRefusal =
  | { readonly code: 'endpoint-url-refused'; readonly reason: string }
  | { readonly code: 'endpoint-header-refused'; readonly header: string; readonly reason: string }
  | { readonly code: 'too-many-endpoints'; readonly limit: number }
  | { readonly code: 'too-many-secrets'; readonly limit: number }
  | { readonly code: 'endpoint-disabled' };

/** How these appear over HTTP. */
export const endpointProblems = {
  'endpoint-url-refused': { status: 422, title: 'Webhooks cannot be sent to this URL' },
  'endpoint-header-refused': { status: 422, title: 'This header cannot be sent with webhooks' },
  'too-many-endpoints': { status: 409, title: 'The tenant has as many endpoints as it may have' },
  'too-many-secrets': { status: 409, title: 'The endpoint has too many secrets that still sign' },
  'endpoint-disabled': { status: 409, title: 'The endpoint is disabled' },
} satisfies Record<EndpointRefusal['code'], Problem>;
