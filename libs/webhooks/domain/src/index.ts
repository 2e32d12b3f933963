export {
  decideAttempt,
  retryAfterMs,
  type AttemptFailure,
  type AttemptResult,
  type RetryPolicy,
  type Verdict,
} from './attempt.decider.js';
export {
  afterTrigger,
  deliveryDiagram,
  deliveryStates,
  statesWith,
  type DeliveryState,
  type DeliveryTrigger,
} from './delivery-machine.js';
export { headerRefusal } from './endpoint-header.js';
export {
  decideHealth,
  type DisabledReason,
  type EndpointHealth,
  type HealthChange,
  type HealthSign,
} from './endpoint-health.decider.js';
export { choosesType, isEventPattern, isEventType, snakeCase } from './event-type.js';
