import { guarded, type PaymentProvider } from '@defter/payments-contracts';
import { execute } from './execute.js';
import { lookup } from './lookup.js';
import { manifest } from './manifest.js';
import { reports } from './report.js';
import { webhook } from './webhook.js';

/** The adapter of Adyen. */
export const adyen: PaymentProvider = guarded({ manifest, execute, lookup, webhook, reports });
