import { guarded, type PaymentProvider } from '@defter/payments-contracts';
import { execute } from './execute.js';
import { lookup } from './lookup.js';
import { manifest } from './manifest.js';
import { reports, statements } from './report.js';
import { webhook } from './webhook.js';

/** The adapter of MockPSP's own dialect. */
export const mockPsp: PaymentProvider = guarded({ manifest, execute, lookup, webhook, reports, statements });
