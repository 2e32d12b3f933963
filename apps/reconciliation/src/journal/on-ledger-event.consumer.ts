import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { type LedgerEventV1, LedgerTopics } from '@defter/ledger-contracts';
import {
  Fault,
  type Gap,
  type HandlerExtras,
  type MessageContext,
  MissingEvents,
  type MissedEvent,
} from '@defter/platform';
import { entriesOf } from './journal-entries.js';
import { storeEntries } from './journal-store.js';

/** A ledger's events are gapless, so a missing one is noticed. */
const inOrder: HandlerExtras = {
  mode: 'position',
  position: ({ ledger, sequence }: LedgerEventV1) => ({ stream: ledger, sequence }),
};

/** Keeps the ledger's postings, in order per ledger. */
@Controller()
export class OnLedgerEventConsumer {
  @EventPattern(LedgerTopics.events.name, undefined, inOrder)
  async handle(@Payload() event: LedgerEventV1, @Ctx() { tx, message }: MessageContext): Promise<void> {
    await storeEntries(tx, message.tenantId, entriesOf(event));
  }

  /**
   * The ledger has no read of its events from a sequence yet (`StreamEvents`), so a gap stops the stream,
   * visibly, until the events are published again. Going on would report bookings as missing that exist.
   */
  @MissingEvents(LedgerTopics.events.name)
  missing({ stream, from, to }: Gap): Promise<MissedEvent[]> {
    return Promise.reject(
      new Fault('ledger-events-missing', `Events ${from} to ${to} of ledger ${stream} are missing`),
    );
  }
}
