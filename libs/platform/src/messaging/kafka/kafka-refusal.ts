import kafkajs from 'kafkajs';

/** Error codes of the broker that say no until somebody changes a password or a right. */
const NO_LOGIN = ['SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE'];
const NO_RIGHT = [
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
];
/** What Node says of certificates that it doesn't take. */
const NO_TRUST = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

/**
 * In a sentence, why the broker refuses us; undefined when the error is none of that kind. A refusal ends
 * when somebody corrects a password, a right or a certificate, mostly without our being started again: so it
 * is waited for.
 */
export function refusalOf(error: unknown, user: string | undefined): string | undefined {
  const who = user === undefined ? 'a client without a user (KAFKA_USER)' : `the user ${user}`;
  for (const cause of causesOf(error)) {
    if (cause instanceof kafkajs.KafkaJSSASLAuthenticationError || NO_LOGIN.includes(typeOf(cause)))
      return `Kafka doesn't let ${who} in: its password is another one, or there is no such user`;
    if (NO_RIGHT.includes(typeOf(cause)))
      return `Kafka doesn't allow ${who} this (k8s/kafka/users.yaml has the rights): ${cause.message}`;
    // kafkajs drops what each broker said, so this is all that is left of a group's refusal.
    if (cause instanceof kafkajs.KafkaJSGroupCoordinatorNotFound)
      return `No broker tells ${who} where its group is: it may not use it, or too few brokers are up`;
    if (NO_TRUST.includes(codeOf(cause)))
      return `The broker's certificate isn't one that we trust (KAFKA_CA_FILE): ${cause.message}`;
  }
  return undefined;
}

/** An error, what caused it, and the errors that it stands for. */
function causesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof kafkajs.KafkaJSAggregateError ? error.errors : [];
  return [error, ...[error.cause, ...inner].flatMap(causesOf)];
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function typeOf(error: Error): string {
  return 'type' in error && typeof error.type === 'string' ? error.type : '';
}
