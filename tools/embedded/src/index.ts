export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres.js';
export { SetupError } from './setup-error.js';
