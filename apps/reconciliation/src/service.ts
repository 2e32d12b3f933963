import type { ServiceDefinition } from '@defter/platform';
import { type Config, config } from './config.js';
import { jobCommand } from './jobs/job-command.js';
import { jobCrashPoints } from './jobs/job-crash-points.js';
import { roles } from './roles.js';

/** The service as production runs it and tests start it. */
export const service: ServiceDefinition<Config> = {
  name: 'reconciliation',
  config,
  migrations: new URL('../migrations/', import.meta.url),
  roles,
  commands: { job: jobCommand },
  crashPoints: jobCrashPoints,
};
