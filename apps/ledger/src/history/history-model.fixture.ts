/**
 * The past of a ledger, reckoned from the list of its events and nothing else: slow, plain, and sharing no
 * code with the service. Every answer is a sum over everything that ever happened.
 */

/** An event as it stands in the table. */
export interface RawEvent {
  readonly sequence: number;
  readonly type: string;
  readonly recordedAt: string;
  readonly payload: RawPayload;
}

type RawPosting = readonly [source: string, destination: string, asset: string, amount: string];

interface RawPayload {
  readonly transaction?: { postings: RawPosting[]; status?: string; timestamp: string; id: number };
  readonly transactionId?: number;
  readonly postings?: readonly RawPosting[];
  readonly released?: readonly string[];
}

interface Change {
  readonly sequence: number;
  readonly position: number;
  readonly recordedAt: string;
  readonly effectiveAt: string;
  readonly source: string;
  readonly destination: string;
  readonly asset: string;
  readonly amount: bigint;
}

export interface ModelBalance {
  readonly input: bigint;
  readonly output: bigint;
  readonly pendingIn: bigint;
  readonly pendingOut: bigint;
}

export interface ModelEntry {
  readonly sequence: number;
  readonly position: number;
  readonly asset: string;
  readonly change: bigint;
  readonly input: bigint;
  readonly output: bigint;
}

export type ModelClock = 'effective' | 'recorded';

/** Which part of the past: up to an instant, at it up to a sequence, and of what was known by an event. */
export interface ModelMoment {
  readonly at: string;
  readonly tie?: number;
  readonly known?: number;
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

const time = (change: Change, clock: ModelClock): string =>
  clock === 'effective' ? change.effectiveAt : change.recordedAt;

export class HistoryModel {
  /** What moved. */
  readonly moves: Change[] = [];
  /** What was reserved, negative where it was given back. */
  private readonly reserves: Change[] = [];

  constructor(readonly events: readonly RawEvent[]) {
    for (const event of events) this.read(event);
  }

  /** Every instant at which something happened. */
  get instants(): string[] {
    return [...new Set(this.moves.flatMap(({ recordedAt, effectiveAt }) => [recordedAt, effectiveAt]))];
  }

  balance(account: string, asset: string, clock: ModelClock, moment: ModelMoment): ModelBalance {
    const { at, tie = Infinity, known = Infinity } = moment;
    const counts = (change: Change, by: ModelClock) =>
      change.asset === asset &&
      change.sequence <= known &&
      (time(change, by) < at || (time(change, by) === at && change.sequence <= tie));
    const moves = this.moves.filter((move) => counts(move, clock));
    const reserves = this.reserves.filter((reserve) => counts(reserve, 'recorded'));
    const into = (changes: readonly Change[]) =>
      sum(changes.filter(({ destination }) => destination === account).map(({ amount }) => amount));
    const outOf = (changes: readonly Change[]) =>
      sum(changes.filter(({ source }) => source === account).map(({ amount }) => amount));
    return {
      input: into(moves),
      output: outOf(moves),
      pendingIn: into(reserves),
      pendingOut: outOf(reserves),
    };
  }

  /** An account's statement in ascending order; `from` counts, `to` doesn't. */
  entries(
    account: string,
    clock: ModelClock,
    { asset, from, to }: { asset?: string | undefined; from?: string | undefined; to?: string | undefined },
  ): ModelEntry[] {
    const running = new Map<string, { input: bigint; output: bigint }>();
    const mine = this.moves
      .filter(({ source, destination }) => source === account || destination === account)
      .sort((a, b) => {
        const [one, other] = [time(a, clock), time(b, clock)];
        if (one !== other) return one < other ? -1 : 1;
        return a.sequence - b.sequence || a.position - b.position;
      });
    return mine.flatMap((move) => {
      const before = running.get(move.asset) ?? { input: 0n, output: 0n };
      const input = move.destination === account ? move.amount : 0n;
      const output = move.source === account ? move.amount : 0n;
      const after = { input: before.input + input, output: before.output + output };
      running.set(move.asset, after);
      const at = time(move, clock);
      if (asset !== undefined && move.asset !== asset) return [];
      if ((from !== undefined && at < from) || (to !== undefined && at >= to)) return [];
      const { sequence, position } = move;
      return [{ sequence, position, asset: move.asset, change: input - output, ...after }];
    });
  }

  private read({ sequence, type, recordedAt, payload }: RawEvent): void {
    const { transaction, released = [] } = payload;
    const postings = transaction?.postings ?? payload.postings ?? [];
    postings.forEach(([source, destination, asset, text], position) => {
      const place = { sequence, position, recordedAt, source, destination, asset };
      const amount = BigInt(text);
      if (transaction !== undefined && transaction.status !== 'pending')
        this.moves.push({ ...place, effectiveAt: transaction.timestamp, amount });
      else if (transaction !== undefined) this.reserves.push({ ...place, effectiveAt: recordedAt, amount });
      else {
        const givenBack = amount + BigInt(released[position] ?? '0');
        this.reserves.push({ ...place, effectiveAt: recordedAt, amount: -givenBack });
        if (type === 'HoldPosted' && amount !== 0n)
          this.moves.push({ ...place, effectiveAt: recordedAt, amount });
      }
    });
  }
}
