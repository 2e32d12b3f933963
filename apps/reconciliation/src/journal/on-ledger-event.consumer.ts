import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { type LedgerEventV1, LedgerTopics } from '@defter/ledger-contracts';
import {
  type Gap,
  type HandlerExtras,
  type MessageContext,
  MissingEvents,
  type MissedEvent,
} from '@defter/platform';
import { CorrectionReversals } from '../correction-reversals.js';
import { entriesOf } from './journal-entries.js';
import { storeEntries } from './journal-store.js';
import { LedgerEvents } from './ledger-events.js';

/** A ledger's events are gapless, so a missing one is noticed. */
const inOrder: HandlerExtras = {
  mode: 'position',
  position: ({ ledger, sequence }: LedgerEventV1) => ({ stream: ledger, sequence }),
};

/** Keeps the ledger's postings, in order per ledger. */
@Controller()
export class OnLedgerEventConsumer {
  constructor(
    private readonly ledger: LedgerEvents,
    private readonly reversals: CorrectionReversals,
  ) {}

  @EventPattern(LedgerTopics.events.name, undefined, inOrder)
  async handle(@Payload() event: LedgerEventV1, @Ctx() { tx, message }: MessageContext): Promise<void> {
    await storeEntries(tx, message.tenantId, entriesOf(event));
    if (event.type === 'TransactionReverted') await this.reversals.seen(tx, message.tenantId, event);
  }

  /**
   * What the topic lost is read from the ledger; without it bookings that exist would be reported missing.
   */
  @MissingEvents(LedgerTopics.events.name)
  async missing({ tenantId, stream, from, to }: Gap): Promise<MissedEvent[]> {
    const events = await this.ledger.read(tenantId, stream, { from, to });
    return events.map((body) => ({
      id: `${tenantId}/${stream}/${body.sequence}`,
      type: body.type,
      time: new Date(body.recordedAt),
      body,
    }));
  }
}
