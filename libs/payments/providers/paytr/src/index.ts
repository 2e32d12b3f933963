import { guarded, type PaymentProvider } from '@defter/payments-contracts';
import { execute } from './execute.js';
import { lookup } from './lookup.js';
import { manifest } from './manifest.js';
import { reports } from './report.js';
import { webhook } from './webhook.js';

/** The adapter of PayTR. */
export const paytr: PaymentProvider = guarded({ manifest, execute, lookup, webhook, reports });
