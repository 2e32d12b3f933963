/** Beyond this many the lane turns away; each of them holds a connection and no body. */
const maxWaiting = 1_000;
const everyMs = 10;

type Turn = () => void;

/**
 * Where requests of limited sources wait for their turn: so many a second are let in, those that may be
 * signed before those that can't. What is sent without a limit then costs this process a bounded part of its
 * time, and a signed request among it still gets through.
 */
export class Lane {
  private readonly mayBeSigned: Turn[] = [];
  private readonly unsigned: Turn[] = [];
  private timer: NodeJS.Timeout | undefined;
  private allowance = 0;

  constructor(private readonly perSecond: number) {}

  /** How many wait. */
  get waiting(): number {
    return this.mayBeSigned.length + this.unsigned.length;
  }

  /** Calls `turn` when it may go on; false when too many wait already, and it is never called. */
  enter(signed: boolean, turn: Turn): boolean {
    const queue = signed ? this.mayBeSigned : this.unsigned;
    if (queue.length >= maxWaiting) return false;
    queue.push(turn);
    this.timer ??= setInterval(() => this.letIn(), everyMs);
    return true;
  }

  /** Lets everybody in: the process is going to stop. */
  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    for (const turn of [...this.mayBeSigned.splice(0), ...this.unsigned.splice(0)]) turn();
  }

  private letIn(): void {
    this.allowance += (this.perSecond * everyMs) / 1_000;
    while (this.allowance >= 1) {
      const turn = this.mayBeSigned.shift() ?? this.unsigned.shift();
      if (turn === undefined) break;
      this.allowance -= 1;
      turn();
    }
    if (this.waiting > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.allowance = 0;
  }
}
