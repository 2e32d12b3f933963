import { runService } from '@defter/platform';
import { service } from './service.js';

await runService(service);
