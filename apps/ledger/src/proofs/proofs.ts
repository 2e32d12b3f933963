import { Injectable } from '@nestjs/common';
import { notFound, ProblemException } from '@defter/platform';
import { requestProblems } from '../ledger.problems.js';
import type { LedgerName } from '../ledgers/ledgers.js';
import { HistoryBroken } from './batch-tree.read.js';
import { CheckpointReader, type CheckpointRow } from './checkpoint.read.js';
import { CheckpointSigner } from './checkpoint-signer.js';
import { type InclusionProof, ProofReader } from './proof.read.js';

/** A proof between two checkpoints. */
export interface ConsistencyProof {
  readonly from: CheckpointRow;
  readonly to: CheckpointRow;
  readonly path: readonly Buffer[];
}

/** What callers may ask about proofs, with what they are told when there is none. */
@Injectable()
export class Proofs {
  constructor(
    private readonly reader: ProofReader,
    private readonly checkpoints: CheckpointReader,
    private readonly signer: CheckpointSigner,
  ) {}

  /**
   * That an event is in a checkpoint: the one of that size, else the latest.
   * @throws ProblemException `not-found`, `not-checkpointed`, `history-broken`
   */
  ofEvent({ ledgerId }: LedgerName, sequence: number, size?: number): Promise<InclusionProof> {
    return asProblem(async () => {
      const batch = await this.reader.batchOf(ledgerId, sequence);
      if (batch === undefined) throw notFound('There is no such event');
      const checkpoint = await this.chosen(ledgerId, size);
      if (checkpoint === undefined || checkpoint.size < batch.batch) throw notCheckpointed(batch.batch);
      return this.reader.inclusion(ledgerId, sequence, { batch, checkpoint });
    });
  }

  /** As `ofEvent`, of the event that created a transaction. */
  async ofTransaction(ledger: LedgerName, transactionId: number, size?: number): Promise<InclusionProof> {
    const sequence = await this.reader.sequenceOf(ledger.ledgerId, transactionId);
    if (sequence === undefined) throw notFound('There is no such transaction');
    return this.ofEvent(ledger, sequence, size);
  }

  /** @throws ProblemException `not-found` */
  async checkpoint({ ledgerId }: LedgerName, size: number): Promise<CheckpointRow> {
    const row = await this.checkpoints.find(ledgerId, size);
    if (row === undefined) throw notFound('There is no checkpoint of that size');
    return row;
  }

  /** That one checkpoint's history begins with the other's. @throws ProblemException `not-found` */
  async consistency(ledger: LedgerName, from: number, to: number): Promise<ConsistencyProof> {
    const [old, now] = [await this.checkpoint(ledger, from), await this.checkpoint(ledger, to)];
    return asProblem(async () => {
      const path = await this.reader.consistency(ledger.ledgerId, old.size, now.size);
      return { from: old, to: now, path };
    });
  }

  /**
   * Signs the head at once, rather than at the worker's next turn.
   * @throws ProblemException `signing-key-missing`, `nothing-to-sign`, `history-broken`
   */
  async signNow({ ledgerId }: LedgerName): Promise<CheckpointRow> {
    if (!this.signer.canSign) throw problem('signing-key-missing');
    await asProblem(async () => {
      while ((await this.signer.sign(ledgerId)) === 'more');
    });
    const row = await this.checkpoints.latest(ledgerId);
    if (row === undefined) throw problem('nothing-to-sign');
    return row;
  }

  private chosen(ledgerId: number, size: number | undefined): Promise<CheckpointRow | undefined> {
    return size === undefined ? this.checkpoints.latest(ledgerId) : this.checkpoints.find(ledgerId, size);
  }
}

const problem = (code: keyof typeof requestProblems, detail?: string): ProblemException =>
  new ProblemException(code, requestProblems[code], detail);

const notCheckpointed = (batch: number): ProblemException =>
  problem(
    'not-checkpointed',
    `The event is in batch ${batch}, which that checkpoint or the latest does not cover`,
  );

const asProblem = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HistoryBroken) throw problem('history-broken', error.message);
    throw error;
  }
};
