import { setTimeout as sleep } from 'node:timers/promises';
import { runLaboratory } from '@defter/platform';
import { service } from './service.js';
import type { Intake } from './webhooks/intake.js';
import { type Stored, WebhookStore } from './webhooks/webhook-store.js';

// The ingress with one bug of the menu, for tests that show that the comparison of the books finds it.

/** What is acknowledged is written a moment later. */
class HastyStore extends WebhookStore {
  override store(intake: Intake): Promise<Stored> {
    void sleep(300).then(() => super.store(intake));
    return Promise.resolve({ fresh: intake.events, duplicates: [], conflicts: [] });
  }
}

await runLaboratory(service, {
  'acknowledge-before-insert': [{ provide: WebhookStore, useClass: HastyStore }],
});
