import { Inject, Injectable } from '@nestjs/common';
import { type Clock, newId } from '@defter/kernel';
import { type Caller, CLOCK, Database } from '@defter/platform';
import { type SendingAgain, SendAgain } from '../webhooks/webhooks.js';
import type { StoredWebhook } from '../webhooks/webhooks.read.js';
import { type Candidate, Candidates } from './candidates.js';
import { type ReplayRefusal, refuse } from './replay-decision.js';
import { insertReplay, type NewItem } from './replay-row.js';
import { hashOf, maxItems, type Selection } from './selection.js';

/** After that a proposal shows what was, not what is. */
const proposalLastsMs = 24 * 3_600_000;
/** Requests whose bytes are in memory at once. */
const perRead = 50;

/** What a proposal says besides who makes it. */
export interface ReplayWish {
  readonly selection: Selection;
  readonly reason: string;
  readonly perSecond: number;
}

export type Proposed =
  | { readonly accepted: true; readonly id: string }
  | { readonly accepted: false; readonly refusal: ReplayRefusal };

/** Makes a proposal: the dry run over the selection, kept as it was seen. Nothing is sent. */
@Injectable()
export class ProposeReplay {
  constructor(
    private readonly database: Database,
    private readonly candidates: Candidates,
    private readonly sendAgain: SendAgain,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async propose({ tenantId, actor, keyId }: Caller, wish: ReplayWish): Promise<Proposed> {
    const candidates = await this.candidates.of(tenantId, wish.selection);
    if (candidates.length > maxItems) return refuse({ code: 'replay-too-large', limit: maxItems });
    const items = await this.dryRun(tenantId, candidates);
    const eventCount = items.reduce(
      (sum, { would, events }) => sum + (would === 'publish' ? events.length : 0),
      0,
    );
    if (eventCount === 0) return refuse({ code: 'nothing-to-replay' });
    const { selection, reason, perSecond } = wish;
    const proposedAt = this.clock.now();
    const id = newId('run');
    const job = {
      ...{ id, selection, reason, perSecond, eventCount, proposedAt },
      ...{ selectionHash: hashOf(perSecond, items), requestedBy: actor, requestedKey: keyId },
      expiresAt: new Date(proposedAt.getTime() + proposalLastsMs),
    };
    await insertReplay(this.database, tenantId, job, items);
    return { accepted: true, id };
  }

  private async dryRun(tenantId: string, candidates: readonly Candidate[]): Promise<NewItem[]> {
    const items: NewItem[] = [];
    for (let from = 0; from < candidates.length; from += perRead) {
      const part = candidates.slice(from, from + perRead);
      const byId = await this.candidates.read(tenantId, part);
      for (const candidate of part) {
        const webhook = byId.get(candidate.requestId);
        // Another tenant's, or none: it looks as if it did not exist.
        if (webhook === undefined) continue;
        const sending = await this.sendAgain.dryRun(tenantId, webhook, candidate.only);
        items.push(toItem(items.length, candidate, webhook, sending));
      }
    }
    return items;
  }
}

function toItem(
  ordinal: number,
  { requestId, deadLetterId }: Candidate,
  { bodySha256 }: StoredWebhook,
  sending: SendingAgain,
): NewItem {
  const what = sending.sends
    ? ({ would: 'publish', events: sending.events, why: null } as const)
    : ({ would: 'skip', events: [], why: sending.because } as const);
  return { ordinal, requestId, deadLetterId, bodySha256, ...what };
}
