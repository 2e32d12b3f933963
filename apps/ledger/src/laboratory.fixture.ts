import { setTimeout as sleep } from 'node:timers/promises';
import { runLaboratory } from '@defter/platform';
import type { Outcome, Submission } from './engine/submission.js';
import { type Address, LedgerEngine, type Terms } from './ledger-engine.js';
import { service } from './service.js';

// The ledger with one bug of the menu, for tests that show that the comparison of the books finds it.

/** Longer than it takes until the broker has the offset. */
const LATE_MS = 4_000;

/** Commands from Kafka are answered before they are committed, so that their offset moves before, too. */
class HastyEngine extends LedgerEngine {
  override submitAll(
    address: Address,
    submissions: readonly Submission[],
    terms: Terms,
  ): Promise<readonly Outcome[]> {
    const isBooking = submissions.some(({ key = '' }) => /^(deposit|payout):/.test(key));
    if (!isBooking) return super.submitAll(address, submissions, terms);
    void sleep(LATE_MS).then(() => super.submitAll(address, submissions, terms));
    return Promise.resolve(submissions.map(() => ({ accepted: true }) as Outcome));
  }
}

await runLaboratory(service, {
  'offset-before-commit': [{ provide: LedgerEngine, useClass: HastyEngine }],
});
