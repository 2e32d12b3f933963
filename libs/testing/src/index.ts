export {
  freePort,
  grantKafkaRights,
  type KafkaAcl,
  type KafkaServer,
  type PostgresServer,
  type PrometheusServer,
  revokeKafkaRights,
  type SecuredListener,
  setKafkaPassword,
  startKafka,
  startPostgres,
  startPrometheus,
} from '@defter/embedded';
export {
  type ModelAnswer,
  type ModelCommand,
  ModelLedger,
  type ModelPosting,
  type ModelRules,
  type ModelTransaction,
} from '@defter/ledger-domain';
export { startBrowser } from './browser.js';
export { demoTenant, serviceKey, type DemoTenant } from './demo-tenant.js';
export { eventually } from './eventually.js';
export { seedLedger, type SeedOptions } from './seeded-ledger/seed-ledger.js';
export { postgresUrl, scratchFolder, testBroker } from './servers.js';
export { settingsFile, type WrittenSettings } from './settings-file.js';
export { testDatabase, type TestDatabase } from './test-database.js';
export { ruleCount, rulesWithoutWords, showsRegex } from './words.js';
export { documentedCrashPoints, passedCrashPoints } from './crash-points.js';
