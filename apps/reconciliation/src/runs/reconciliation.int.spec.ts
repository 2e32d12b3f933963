import { describe, expect, it } from '@jest/globals';
import { faultyBook } from '../testing/faults.js';
import { Stand } from '../testing/stand.js';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

describe('findings against injected faults', () => {
  for (const seed of SEEDS) {
    it(`seed ${seed}: exactly the injected ones, and a second run adds nothing`, async () => {
      const stand = await Stand.start();
      try {
        const book = faultyBook(seed, 300);
        await stand.know(book.events(), book.ledger);
        stand.shelf.put('2026-01-31', book.text());
        const run = await stand.reconcile({ as_of: '2026-07-01T00:00:00Z' });
        expect(run).toMatchObject({ status: 'completed', failure: null });
        const findings = await stand.findings();
        const found = findings.map(
          ({ finding_type, tx_id, provider_ref }) => `${finding_type}:${tx_id ?? provider_ref}`,
        );
        expect(found.sort()).toEqual([...book.expected].sort());

        const before = await stand.sizes();
        const again = await stand.reconcile({ as_of: '2026-07-01T00:00:00Z' });
        expect(again).toMatchObject({
          status: 'completed',
          counts: { raised: 0, changed: 0, auto_resolved: 0 },
        });
        expect(again.id).not.toBe(run.id);
        expect(await stand.sizes()).toEqual(before);
      } finally {
        await stand.stop();
      }
    });
  }
});
