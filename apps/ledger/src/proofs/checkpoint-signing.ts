import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database, Lifecycle, Logger, Metrics, Turns } from '@defter/platform';
import type { LedgerConfig } from '../config.js';
import { HistoryBroken } from './batch-tree.read.js';
import { CheckpointSigner } from './checkpoint-signer.js';

const CHANGED = `
select head.ledger_id as "ledgerId"
from ledger_head head
left join lateral (
  select size from checkpoint
  where checkpoint.ledger_id = head.ledger_id order by size desc limit 1) signed on true
where head.last_batch <> coalesce(signed.size, 0)`;

/** What a background task is given by the platform. */
@Injectable()
export class CheckpointTools {
  constructor(
    readonly lifecycle: Lifecycle,
    readonly logger: Logger,
    readonly metrics: Metrics,
  ) {}
}

/**
 * Signs the heads of all ledgers that changed, every so often. A ledger whose history doesn't continue what
 * was signed gets no signature until it does; the others go on.
 */
@Injectable()
export class CheckpointSigning {
  private readonly turns: Turns;
  /** Why a ledger gets no signature; said once, not every turn. */
  private readonly refused = new Map<number, string>();
  private readonly signed;

  constructor(
    @Inject(CONFIG) config: LedgerConfig,
    private readonly database: Database,
    private readonly signer: CheckpointSigner,
    private readonly tools: CheckpointTools,
  ) {
    const { lifecycle, logger, metrics } = tools;
    this.signed = metrics.counter('defter_ledger_checkpoints_total', 'Checkpoints signed');
    metrics.gauge(
      'defter_ledger_unsigned_ledgers',
      'Ledgers whose history does not continue what was signed',
      [],
      (gauge) => gauge.set(this.refused.size),
    );
    const onError = (error: unknown) => logger.warn('Checkpoints will be signed later', { error });
    this.turns = new Turns(() => this.turn(), onError, config.checkpointIntervalMs);
    lifecycle.register({
      name: 'checkpoints',
      start: async () => this.start(),
      stop: () => this.turns.stop(),
    });
  }

  private start(): void {
    if (this.signer.canSign) this.turns.start();
    else
      this.tools.logger.warn('No checkpoints are signed: there is no CHECKPOINT_KEY or CHECKPOINT_KEY_FILE');
  }

  private async turn(): Promise<'busy' | 'idle'> {
    const changed = await this.database.query<{ ledgerId: number }>(CHANGED);
    let more = false;
    for (const { ledgerId } of changed) {
      if (this.turns.isStopping) return 'idle';
      more = (await this.sign(ledgerId)) || more;
    }
    return more ? 'busy' : 'idle';
  }

  private async sign(ledgerId: number): Promise<boolean> {
    try {
      const done = await this.signer.sign(ledgerId);
      this.refused.delete(ledgerId);
      if (done !== 'unchanged') this.signed.inc();
      return done === 'more';
    } catch (error) {
      if (!(error instanceof HistoryBroken)) throw error;
      const known = this.refused.get(ledgerId) === error.message;
      this.refused.set(ledgerId, error.message);
      if (!known) this.tools.logger.error(`No signature: ${error.message}. Run verify`, { ledgerId });
      return false;
    }
  }
}
