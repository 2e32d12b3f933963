import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Call, Plan } from './call.js';
import type { Journal } from './journal.js';
import { type Known, Planner } from './planner.js';
import type { Phases } from './phases.js';
import type { Random } from './random.js';
import { toAnswer, toRequest } from './rest-form.js';

/** Where the ledger is, and as whom it is asked. */
export interface Door {
  /** One for each replica. */
  readonly urls: readonly string[];
  readonly token: string;
  readonly ledger: string;
}

const PATIENCE_MS = 4_000;
const RETRY_MS = 60;
const MOST_PAUSE_MS = 12;

/**
 * One caller of the soak: asks, asks again with the same key until it is answered, and writes it all down.
 */
export class SoakClient {
  private readonly planner: Planner;

  constructor(
    private readonly door: Door,
    private readonly journal: Journal,
    private readonly known: Known,
    private readonly self: { readonly random: Random; readonly name: string; readonly phases: Phases },
  ) {
    this.planner = new Planner(self.random, known, self.name);
  }

  private get random(): Random {
    return this.self.random;
  }

  /** Asks until the deadline; whatever was begun is asked to its end. */
  async run(deadline: number): Promise<void> {
    const mine: Call[] = [];
    while (Date.now() < deadline) {
      await sleep(this.random.below(MOST_PAUSE_MS));
      const { width } = this.self.phases.now;
      await Promise.all(Array.from({ length: width }, () => this.turn(mine)));
    }
  }

  private async turn(mine: Call[]): Promise<void> {
    const earlier = mine.length > 0 ? this.random.pick(mine) : undefined;
    if (earlier?.answer !== undefined && this.random.chance(0.06))
      return this.repeat(earlier, earlier.answer);
    if (earlier?.answer !== undefined && this.random.chance(0.03)) return this.misuse(earlier);
    const call = this.journal.sent(this.planner.plan());
    await this.ask(call);
    if (isKeyed(call)) mine.push(call);
  }

  private async ask(call: Call): Promise<void> {
    let twice = isKeyed(call) && this.random.chance(0.1);
    let favourite = this.self.phases.now.replica;
    for (;;) {
      const [first, second] = twice ? await this.sendTwice(call) : [await this.send(call, favourite)];
      const told = first ?? second;
      if (told !== undefined) return this.hear(call, told, first === undefined ? undefined : second);
      this.journal.count('attempts without an answer');
      if (this.givesUp(call)) return this.journal.count('given up');
      [twice, favourite] = [false, undefined];
      await sleep(RETRY_MS);
    }
  }

  /** Through the same replica or another one: while the first is decided, written, or just answered. */
  private sendTwice(call: Call): Promise<readonly (Answer | undefined)[]> {
    const { replica } = this.self.phases.now;
    const [one, other] = [replica ?? this.random.below(2), this.random.below(2)];
    const later = sleep(this.random.below(MOST_PAUSE_MS)).then(() => this.send(call, other));
    return Promise.all([this.send(call, one), later]);
  }

  /** Without a key nobody can ask again: it may have happened or not. And some callers just give up. */
  private givesUp(call: Call): boolean {
    return !call.dryRun && (!isKeyed(call) || this.random.chance(0.03));
  }

  private hear(call: Call, first: Answer, second: Answer | undefined): void {
    this.journal.answered(call, first);
    this.known.learn(call, first);
    if (second !== undefined) this.compareRace(call, first, second);
  }

  private compareRace(call: Call, first: Answer, second: Answer): void {
    this.journal.count('the same key twice at once');
    if (first.digest !== second.digest) this.differs(call, first, second, 'at once');
    if (call.mode === 'single' && first.hit === second.hit) {
      this.differs(
        call,
        first,
        second,
        `two answers, both ${first.hit ? 'with' : 'without'} Idempotency-Hit`,
      );
    }
  }

  /** The same again is answered the same, for ever. */
  private async repeat(call: Call, before: Answer): Promise<void> {
    const again = await this.persist(call);
    this.journal.count('repetitions of an old key');
    if (again.digest !== before.digest) this.differs(call, before, again, 'repeated later');
    if (call.mode === 'single' && !again.hit) this.differs(call, before, again, 'repeated without a hit');
  }

  /** A key that was used refuses every other body. */
  private async misuse(call: Call): Promise<void> {
    // Of an atomic bulk that was refused, only the refused step keeps its key.
    const used = call.steps.filter((_, index) => !UNDECIDED.has(call.answer?.told[index]?.code ?? ''));
    const { key } = used.length > 0 ? this.random.pick(used) : {};
    if (key === undefined || key.includes('\u001f')) return;
    const { status, told } = await this.persist(this.planner.other(key));
    this.journal.count('uses of a key with another body');
    if (status === 409 && told[0]?.code === 'idempotency-key-conflict') return;
    this.journal.differs(`Key ${key} with another body was answered ${status} ${JSON.stringify(told)}`);
  }

  private async persist(plan: Plan): Promise<Answer> {
    for (;;) {
      const answer = await this.send(plan);
      if (answer !== undefined) return answer;
      await sleep(RETRY_MS);
    }
  }

  /** Undefined when there was no decision: the replica is away, too slow, or says 503. */
  private async send(plan: Plan, replica?: number): Promise<Answer | undefined> {
    const { urls, token, ledger } = this.door;
    const { method, path, key, body } = toRequest(plan);
    const door = replica === undefined ? this.random.pick(urls) : urls[replica % urls.length];
    const url = `${door}/v2/${ledger}/${path}`;
    const headers = {
      authorization: `Bearer ${token}`,
      'formance-bigint-as-string': 'true',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    };
    const about = { method, headers, ...(body === undefined ? {} : { body }) };
    try {
      const response = await fetch(url, { ...about, signal: AbortSignal.timeout(PATIENCE_MS) });
      const text = await response.text();
      if (response.status === 503) return undefined;
      const answer = toAnswer(plan, response.status, response.headers, text);
      if (answer !== undefined && response.status < 500) return answer;
      this.journal.differs(`${method} ${path} was answered ${response.status} ${text.slice(0, 300)}`);
      return undefined;
    } catch {
      return undefined;
    }
  }

  private differs(call: Call, first: Answer, second: Answer, how: string): void {
    const told = ({ status, hit, told }: Answer) => `${status}${hit ? ' hit' : ''} ${JSON.stringify(told)}`;
    const { body, path } = toRequest(call);
    this.journal.differs(
      `Call ${call.number} ${path} ${body ?? ''} (${call.mode}), ${how}:\n    ` +
        `${told(first)}\n    ${told(second)}`,
    );
  }
}

const UNDECIDED = new Set(['rolled-back', 'not-executed']);

const isKeyed = ({ steps }: Plan): boolean => steps.every(({ key }) => key !== undefined);
