export { eventually } from './eventually.js';
export { postgresUrl, scratchFolder, testBroker } from './servers.js';
export { testDatabase, type TestDatabase } from './test-database.js';
