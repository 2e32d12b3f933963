import { noReports } from '@defter/payments-contracts';
import { manifest } from './manifest.js';

export const reports = noReports(manifest.id);
