import { type Static, Type } from '@sinclair/typebox';

/** A tenant's endpoint was disabled by what its receiver answered, on `defter.webhooks.endpoints.v1`. */
export const EndpointDisabledV1 = Type.Object({
  type: Type.Literal('EndpointDisabled'),
  endpointId: Type.String(),
  url: Type.String(),
  /** `gone`: it answered 410. `failing`: it failed for days without a success. */
  reason: Type.String(),
  disabledAt: Type.String(),
});
export type EndpointDisabledV1 = Static<typeof EndpointDisabledV1>;

const DAY_MS = 86_400_000;

/** From webhook-delivery: what becomes of tenants' endpoints. */
export const EndpointTopics = {
  events: {
    name: 'defter.webhooks.endpoints.v1',
    key: 'endpoint id',
    partitions: 3,
    retentionMs: 30 * DAY_MS,
    schema: EndpointDisabledV1,
  },
} as const;
