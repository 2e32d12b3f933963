import { Fault } from '@defter/platform';
import type { Intake } from './intake.js';

/** Beyond these a group gains nothing and holds its members up. */
const maxGroup = 64;
const maxGroupBytes = 1_048_576;
/** While one statement waits for the disk, the next is being filled. */
const writers = 2;
const maxWaiting = 2_000;

interface Waiting {
  readonly intake: Intake;
  readonly resolve: (newEvents: ReadonlySet<string>) => void;
  readonly reject: (error: unknown) => void;
}

/** Writes intakes of one tenant and answers the ids of the events that were new. */
export type WriteGroup = (intakes: readonly Intake[]) => Promise<ReadonlySet<string>>;

/**
 * Group commit: what arrives while the statements before are under way goes into the next one together.
 * Nobody waits for a timer; with little traffic every request has its own statement.
 */
export class GroupWriter {
  private waiting: Waiting[] = [];
  private writing = 0;

  constructor(
    private readonly write: WriteGroup,
    private readonly onGroup: (size: number) => void,
  ) {}

  /** How many wait for their turn. */
  get backlog(): number {
    return this.waiting.length;
  }

  /**
   * Resolves when the intake is committed, with the ids of its new events and those of others. @throws Fault
   */
  add(intake: Intake): Promise<ReadonlySet<string>> {
    if (this.waiting.length >= maxWaiting) {
      return Promise.reject(new Fault('overloaded', `${maxWaiting} webhooks already wait to be written`));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ intake, resolve, reject });
      this.next();
    });
  }

  private next(): void {
    while (this.writing < writers && this.waiting.length > 0) {
      this.writing++;
      void this.run(this.take()).finally(() => {
        this.writing--;
        this.next();
      });
    }
  }

  /** The longest waiting, and those of the same tenant after it, up to the limits. */
  private take(): Waiting[] {
    const tenantId = this.waiting[0]?.intake.origin.tenantId;
    const group: Waiting[] = [];
    const left: Waiting[] = [];
    let bytes = 0;
    for (const one of this.waiting) {
      const size = one.intake.request.body.byteLength;
      const fits = group.length === 0 || (group.length < maxGroup && bytes + size <= maxGroupBytes);
      if (!fits || one.intake.origin.tenantId !== tenantId) {
        left.push(one);
        continue;
      }
      group.push(one);
      bytes += size;
    }
    this.waiting = left;
    return group;
  }

  private async run(group: readonly Waiting[]): Promise<void> {
    this.onGroup(group.length);
    try {
      const fresh = await this.write(group.map(({ intake }) => intake));
      for (const { resolve } of group) resolve(fresh);
    } catch (error) {
      // A fault is everybody's. Anything else may be the doing of one: the others must not suffer for it.
      if (error instanceof Fault || group.length === 1) {
        for (const { reject } of group) reject(error);
        return;
      }
      for (const one of group) await this.run([one]);
    }
  }
}
