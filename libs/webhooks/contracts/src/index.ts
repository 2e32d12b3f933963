export { EndpointDisabledV1, EndpointTopics } from './endpoint-event.js';
export { OperationKind, ProviderEventV1, TrustedFacts, WebhookAnomalyV1 } from './provider-event.js';
export { WebhookTopics } from './topics.js';
