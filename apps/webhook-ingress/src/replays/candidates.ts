import { Injectable } from '@nestjs/common';
import { DeadLetters } from '../dead-letters/dead-letter.read.js';
import { type StoredWebhook, Webhooks } from '../webhooks/webhooks.read.js';
import { maxItems, type Selection } from './selection.js';

/** Something that may be replayed: a request, or of it the one event that a dead letter is about. */
export interface Candidate {
  readonly requestId: string;
  readonly deadLetterId: string | null;
  readonly only: string | undefined;
}

/** Above every id. */
const newest = '~';

/** Finds what a selection means at this moment. */
@Injectable()
export class Candidates {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly letters: DeadLetters,
  ) {}

  /** In the order in which they will be sent; one more than the limit at most. */
  async of(tenantId: string, selection: Selection): Promise<Candidate[]> {
    if ('webhook_ids' in selection) return [...new Set(selection.webhook_ids)].sort().map(wholeRequest);
    if ('webhooks' in selection) {
      const {
        provider,
        connection_id: connectionId,
        status,
        received_from,
        received_to,
      } = selection.webhooks;
      const span = { from: new Date(received_from), to: new Date(received_to) };
      const filter = { provider, connectionId, status, ...span };
      return (await this.webhooks.within(tenantId, filter, maxItems + 1)).map(wholeRequest);
    }
    const letters =
      'dead_letter_ids' in selection
        ? await this.letters.findAll(tenantId, selection.dead_letter_ids)
        : await this.letters.list({
            ...{ tenantId, ...selection.dead_letters, replayed: false },
            ...{ before: newest, limit: maxItems + 1 },
          });
    return letters
      .filter((letter) => letter.requestId !== null && letter.eventId !== null)
      .sort((left, right) => (left.id < right.id ? -1 : 1))
      .map(({ id, requestId, eventId }) => ({
        ...{ requestId: requestId ?? '', deadLetterId: id, only: eventId ?? undefined },
      }));
  }

  /** The requests of these, by id; another tenant's doesn't exist. */
  async read(tenantId: string, part: readonly Candidate[]): Promise<Map<string, StoredWebhook>> {
    const ids = part.map(({ requestId }) => requestId);
    const stored = await this.webhooks.findAll(tenantId, ids);
    return new Map(stored.map((webhook) => [webhook.id, webhook]));
  }
}

function wholeRequest(requestId: string): Candidate {
  return { requestId, deadLetterId: null, only: undefined };
}
