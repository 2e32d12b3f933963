import { Injectable } from '@nestjs/common';
import { Database, Lifecycle, Logger, Turns } from '@defter/platform';
import { Writers } from '../engine/writers.js';

const PAUSE_MS = 1_000;
const HOLDS_PER_TURN = 500;

// A ledger that is being restored is left alone: what became of the hold may be further down in its file.
const DUE = `
select ledger_id, transaction_id::float8 as id from transaction t
where status = 'pending' and expires_at <= now() and not exists (
  select 1 from ledger_head h where h.ledger_id = t.ledger_id and h.restored_revision = h.revision)
order by expires_at limit $1`;

/**
 * Expires holds that are due: a command in the same queue as a capture, so that only one of them wins. Any
 * number of replicas may do it; the ledger refuses what another one did before.
 */
@Injectable()
export class HoldExpiry {
  private readonly turns: Turns;

  constructor(
    private readonly database: Database,
    private readonly writers: Writers,
    lifecycle: Lifecycle,
    logger: Logger,
  ) {
    const onError = (error: unknown) => logger.warn('Holds that are due will be expired later', { error });
    this.turns = new Turns(() => this.turn(), onError, PAUSE_MS);
    lifecycle.register({
      name: 'hold-expiry',
      start: async () => this.turns.start(),
      stop: () => this.turns.stop(),
    });
  }

  private async turn(): Promise<'busy' | 'idle'> {
    const due = await this.database.query<{ ledger_id: number; id: number }>(DUE, [HOLDS_PER_TURN]);
    await Promise.all(
      due.map(({ ledger_id, id }) => {
        const submissions = [{ command: { type: 'ExpireHold' as const, hold: { id } } }];
        return this.writers.submit(ledger_id, { submissions, mode: 'continue', dryRun: false });
      }),
    );
    return due.length === HOLDS_PER_TURN ? 'busy' : 'idle';
  }
}
