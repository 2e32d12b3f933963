export { cacheFolder } from './cache-folder.js';
export { ChildServer } from './child-server.js';
export { IMAGE_VARIABLES, IN_IMAGE } from './container.js';
export { isOver, RUN_LABEL, RUN_VARIABLE, runOfThisProcess } from './container-run.js';
export { lockFile, withFileLock, type FileLock } from './file-lock.js';
export { prepareKafka, startKafka } from './kafka.js';
export type { KafkaOptions, KafkaServer, SecuredListener } from './kafka.js';
export { grantKafkaRights, revokeKafkaRights, setKafkaPassword, setKafkaRights } from './kafka-users.js';
export type { KafkaAcl, KafkaUser } from './kafka-users.js';
export { LOGGING_FILE } from './kafka-settings.js';
export { postgresHome } from './postgres-files.js';
export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres.js';
export { end, endLeftover, identify, isAlive, readPidFile, writePidFile } from './process-identity.js';
export type { ProcessIdentity } from './process-identity.js';
export { freePort } from './ports.js';
export { PartFailed, SetupError } from './setup-error.js';
export { createDatabases, databaseUrl } from './stack/databases.js';
export { SERVICES, type ServiceName, type ServiceSpec } from './stack/service-list.js';
export { CHECKOUT } from './stack/service-process.js';
export { StackSettings } from './stack/settings-file.js';
export type { ConnectionAccess, PersonAccess, TenantAccess } from './stack/settings-file.js';
export { startStack, type Stack, type StackOptions } from './stack/stack.js';
export type { Alteration, RunningService } from './stack/replicas.js';
export type { ServerHandle, ServerState, Supervision } from './supervised.js';
export { downloaded, programOf } from './debian-package.js';
export {
  preparePrometheus,
  type PrometheusOptions,
  type PrometheusServer,
  promtool,
  startPrometheus,
} from './prometheus.js';
export { mustRun, type Outcome, run, type RunOptions } from './run.js';
