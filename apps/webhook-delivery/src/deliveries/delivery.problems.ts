import type { Problem } from '@defter/platform';

/** Why a delivery isn't tried again now, or a test event isn't sent. */
export type DeliveryRefusal =
  | { readonly code: 'delivery-in-flight' }
  | { readonly code: 'delivery-canceled' }
  | { readonly code: 'endpoint-disabled' };

/** How these appear over HTTP. */
export const deliveryProblems = {
  'delivery-in-flight': { status: 409, title: 'The delivery is being sent right now' },
  'delivery-canceled': { status: 409, title: 'The endpoint of the delivery was deleted' },
  'endpoint-disabled': { status: 409, title: 'The endpoint is disabled' },
} satisfies Record<DeliveryRefusal['code'], Problem>;
