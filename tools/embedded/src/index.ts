export { startKafka, type KafkaOptions, type KafkaServer } from './kafka.js';
export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres.js';
export { SetupError } from './setup-error.js';
