import assert from 'node:assert/strict';
import type { ProviderManifest } from '../provider-port.js';
import { callCases } from './call-cases.js';
import { reportCases } from './report-cases.js';
import type { ConformanceCase, ConformanceSubject } from './subject.js';
import { eventChecks } from './event-checks.js';
import { signatureChecks, toleranceChecks, wholeBodyChecks } from './signature-checks.js';
import { webhookCasesOf } from './webhook-bench.js';

/**
 * What every adapter must do, as cases for any test runner:
 * `for (const { name, run } of conformanceCases(subject)) it(name, run);`
 */
export function conformanceCases(subject: ConformanceSubject): readonly ConformanceCase[] {
  const { manifest } = subject.provider;
  const webhookChecks = {
    ...signatureChecks,
    ...(manifest.signedFields === 'whole-body' && wholeBodyChecks),
    ...(manifest.signsTimestamp && toleranceChecks),
    ...eventChecks,
  };
  return [
    { name: 'manifest: complete', run: async () => checkManifest(manifest) },
    ...callCases(subject),
    ...webhookCasesOf(subject, webhookChecks),
    ...reportCases(subject),
  ];
}

function checkManifest(manifest: ProviderManifest): void {
  const { id, capabilities, currencies, signedFields, retryWindowSeconds, acknowledgement } = manifest;
  assert.match(id, /^[a-z][a-z0-9-]*$/);
  assert.ok(capabilities.length > 0, 'it can do something');
  assert.ok(currencies.length > 0 && currencies.every((code) => /^[A-Z]{3}$/.test(code)), 'currencies');
  assert.ok(signedFields === 'whole-body' || signedFields.length > 0, 'something is signed');
  assert.ok(retryWindowSeconds > 0, 'the retry window');
  assert.ok(acknowledgement.status >= 200 && acknowledgement.status < 300, 'an acknowledgement is a 2xx');
}
