import assert from 'node:assert/strict';
import type { ProviderManifest } from '../provider-port.js';
import { callCases } from './call-cases.js';
import { disputeCases } from './dispute-cases.js';
import { reportCases } from './report-cases.js';
import type { ConformanceCase, ConformanceSubject } from './subject.js';
import { eventChecks } from './event-checks.js';
import { fieldChecks } from './field-checks.js';
import { sendingCases, silentCases } from './sending-cases.js';
import { signatureChecks, toleranceChecks, wholeBodyChecks } from './signature-checks.js';
import { webhookCasesOf } from './webhook-bench.js';

/**
 * What every adapter must do, as cases for any test runner:
 * `for (const { name, run } of conformanceCases(subject)) it(name, run);`
 */
export function conformanceCases(subject: ConformanceSubject): readonly ConformanceCase[] {
  const { manifest } = subject.provider;
  const calls =
    manifest.capabilities.length > 0
      ? [...callCases(subject), ...sendingCases(subject), ...disputeCases(subject)]
      : silentCases(subject);
  return [
    { name: 'manifest: complete', run: async () => checkManifest(manifest) },
    ...calls,
    ...webhookCases(subject),
    ...reportCases(subject),
  ];
}

/** The part about webhooks; for a provider with several forms it runs once for a sample of each. */
export function webhookCases(subject: ConformanceSubject): readonly ConformanceCase[] {
  const { manifest } = subject.provider;
  const webhookChecks = {
    ...signatureChecks,
    ...(manifest.signedFields === 'whole-body' && wholeBodyChecks),
    ...(manifest.signsTimestamp && toleranceChecks),
    ...eventChecks,
    ...fieldChecks,
  };
  return webhookCasesOf(subject, webhookChecks);
}

function checkManifest(manifest: ProviderManifest): void {
  const { id, capabilities, currencies, signedFields, retryWindowSeconds, acknowledgement } = manifest;
  const { lookupLagSeconds } = manifest;
  assert.match(id, /^[a-z][a-z0-9-]*$/);
  assert.equal(new Set(capabilities).size, capabilities.length, 'each capability once');
  assert.ok(currencies.length > 0 && currencies.every((code) => /^[A-Z]{3}$/.test(code)), 'currencies');
  assert.ok(signedFields === 'whole-body' || signedFields.length > 0, 'something is signed');
  assert.ok(retryWindowSeconds > 0, 'the retry window');
  const lags = typeof lookupLagSeconds === 'object' ? Object.entries(lookupLagSeconds) : [];
  for (const [kind, seconds] of lags) {
    assert.ok((capabilities as readonly string[]).includes(kind), `a lag of ${kind}, which isn't sent`);
    assert.ok(seconds > 0, `the lag of ${kind}`);
  }
  assert.ok(acknowledgement.status >= 200 && acknowledgement.status < 300, 'an acknowledgement is a 2xx');
}
