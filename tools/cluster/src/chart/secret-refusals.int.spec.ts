// As refusals.int.spec.ts, of Kafka's users and of where Secrets come from.
import { describe, expect, it } from '@jest/globals';
import { refusal } from './render.js';

const REFUSALS: readonly (readonly [what: string, set: string, sentence: string, variant?: string])[] = [
  [
    'a user without a secret',
    'kafka.users.ledger={"name":"defter-ledger"}',
    'kafka.users.ledger has no secret: say which Secret, and which key of it, has the password',
    'default',
  ],
  ['a user without a name', 'kafka.users.ledger.name=""', 'kafka.users.ledger has no name: say as whom'],
  [
    'a Secret without its key',
    'kafka.users.ledger={"name":"x","secret":{"name":"x"}}',
    "at '/kafka/users/ledger/secret': missing property 'key'",
    'default',
  ],
  ['a password in values', 'kafka.users.ledger.password="x"', "additional properties 'password' not allowed"],
  [
    'two services as one user',
    'kafka.users.payments.name="defter-ledger"',
    "are both the user defter-ledger: each would have the other's rights",
  ],
  [
    'a service without a user, where others have one',
    'kafka.users.ledger={"name":"x","secret":{"name":"x","key":"y"}}',
    'services.payments talks to Kafka, but kafka.users has no payments',
    'default',
  ],
  [
    'a user of nobody',
    'kafka.users.mock-psp={"name":"x","secret":{"name":"x","key":"y"}}',
    'kafka.users.mock-psp is for nobody: there is no service of that name that talks to Kafka',
  ],
  [
    'a user that no role of the service needs',
    'services.ledger.roles.worker.kafka=false',
    'kafka.users.ledger is for nobody: no role of ledger has kafka: true',
  ],
  [
    'a role on Kafka of a service that is not',
    'services.ledger.kafka=false',
    'services.ledger.roles.worker has kafka, but services.ledger.kafka is false',
  ],
  [
    'a scaler that can not log in',
    'kafka.users.ledger={"name":"x","secret":{"name":"x","key":"y"}}',
    'keda.enabled is true, but kafka.users has no keda',
    'full',
  ],
  [
    'a CA for what is not encrypted',
    'kafka.tls.enabled=false',
    'kafka.tls.ca says what to check certificates against, but kafka.tls.enabled is false',
  ],
  [
    'users without encryption',
    'kafka.tls.enabled=false',
    'kafka.users log in with passwords, but kafka.tls.enabled is false',
  ],
  [
    'a port that the policy keeps shut',
    'network.kafka.port=9092',
    'kafka.brokers has defter-kafka-bootstrap:9093, but network.kafka.port is 9092: pods could not open',
  ],
  [
    'the login in the environment',
    'services.ledger.env={"KAFKA_USER":"x"}',
    'services.ledger.env.KAFKA_USER is set by the chart itself',
  ],
  [
    'the password as a variable',
    'services.ledger.secretEnv={"KAFKA_PASSWORD":{"name":"a","key":"b"}}',
    'services.ledger takes KAFKA_PASSWORD from a Secret: name that Secret in kafka.users.ledger',
  ],
  [
    'external secrets from nowhere',
    'externalSecrets.store.name=""',
    'externalSecrets.store.name is empty: say which store the Secrets come from',
  ],
  ['no word of users', 'kafka.users=null', "at '/kafka': missing property 'users'"],
  ['no external secrets', 'externalSecrets.secrets=null', 'externalSecrets.secrets lists none'],
  [
    'external secrets that nobody makes',
    'externalSecrets.enabled=false',
    'externalSecrets.secrets lists Secrets, but externalSecrets.enabled is false',
  ],
  [
    'a value in place of its name in the store',
    'externalSecrets.secrets={"defter-payments-token":{"token":{"value":"x"}}}',
    "additional properties 'value' not allowed",
  ],
  [
    'an external secret that nothing reads',
    'externalSecrets.secrets={"defter-payment-token":{"token":{"key":"x"}}}',
    'externalSecrets.secrets.defter-payment-token is a Secret that nothing here reads',
  ],
  [
    'an external secret without a key that is read',
    'externalSecrets.secrets={"defter-ledger-database":{"uri":{"key":"x"}}}',
    'makes no key url, which services.ledger.secretEnv.DATABASE_URL reads: a Secret has one source',
  ],
  [
    'a Secret from two sources',
    'externalSecrets.secrets={"defter-ledger":{"password":{"key":"x"}}}',
    'externalSecrets.secrets.defter-ledger is what Strimzi makes for the user of kafka.users.ledger',
  ],
];

describe('the chart refuses', () => {
  it.each(REFUSALS)('%s', async (_, set, sentence, variant = 'strimzi') => {
    expect(await refusal([set], variant)).toContain(sentence);
  });

  it('nothing that is fine', async () => {
    expect(await refusal([], 'strimzi')).toBe('');
  });
});
