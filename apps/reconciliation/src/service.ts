import type { ServiceDefinition } from '@defter/platform';
import { type Config, config } from './config.js';
import { crashPoints } from './crash-points.js';
import { jobCommand } from './jobs/job-command.js';
import { roles } from './roles.js';

/** The service as production runs it and tests start it. */
export const service: ServiceDefinition<Config> = {
  name: 'reconciliation',
  config,
  crashPoints,
  migrations: new URL('../migrations/', import.meta.url),
  roles,
  commands: { job: jobCommand },
};
