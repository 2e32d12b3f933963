import type { ModelCommand, ModelPosting, ModelRules } from '@defter/testing';
import type { Answer, Mode, Plan } from './call.js';
import type { Random } from './random.js';

/** What the ledger of the soak is opened with, and the same for the model. */
export const SOAK_LEDGER = {
  accountTypes: [
    { pattern: 'credit:*', overdraftLimit: '500' },
    { pattern: 'closed:*', closed: true },
  ],
};
export const SOAK_RULES: ModelRules = {
  limit: (account) => (account === 'world' ? null : account.startsWith('credit:') ? 500n : 0n),
  closed: (account) => account.startsWith('closed:'),
};

/** Few accounts, so that clients meet; one asset with amounts that no double holds. */
const ACCOUNTS = [...Array.from({ length: 10 }, (_, index) => `users:${index}`), 'credit:1', 'credit:2'];
const ASSETS = ['TRY/2', 'TRY/2', 'TRY/2', 'USD/2', 'ETH/18'];
const UNIT = { 'ETH/18': 1_000_000_000_000_000_001n } as Readonly<Record<string, bigint>>;
const RECENT = 100;

/** What all clients know of what there is: numbers to capture, void and revert. */
export class Known {
  private readonly holds: { id: number; postings: readonly ModelPosting[] }[] = [];
  private readonly posted: number[] = [];
  last = 0;

  learn({ dryRun, steps }: Plan, { told }: Answer): void {
    if (dryRun) return;
    told.forEach(({ ok, id }, index) => {
      const command = steps[index]?.command;
      if (!ok || id === undefined || command === undefined) return;
      this.last = Math.max(this.last, id);
      if (command.kind === 'create' && command.pending === true) {
        keep(this.holds, { id, postings: command.postings });
      } else if (command.kind === 'create' || command.kind === 'revert') keep(this.posted, id);
    });
  }

  hold(random: Random): { id: number; postings: readonly ModelPosting[] } {
    return this.holds.length > 0 && random.chance(0.9)
      ? random.pick(this.holds)
      : { id: this.any(random), postings: [] };
  }

  transaction(random: Random): number {
    return this.posted.length > 0 && random.chance(0.85) ? random.pick(this.posted) : this.any(random);
  }

  /** Any number, sometimes one that nothing has yet. */
  private any(random: Random): number {
    return 1 + random.below(this.last + 3);
  }
}

const keep = <T>(list: T[], item: T): void => {
  list.push(item);
  if (list.length > RECENT) list.shift();
};

/** Thinks up requests. The choices follow from the seed; what exists when they are made doesn't. */
export class Planner {
  private made = 0;

  constructor(
    private readonly random: Random,
    private readonly known: Known,
    /** Begins every key of this client. */
    private readonly name: string,
  ) {}

  plan(): Plan {
    const { random } = this;
    const key = `${this.name}-${++this.made}`;
    const usual = { mode: 'single' as const, dryRun: false, bulkKey: undefined };
    if (random.chance(0.12)) return this.bulk(key);
    if (random.chance(0.07)) {
      const command = random.chance(0.7) ? this.create() : this.revert();
      return { ...usual, dryRun: true, steps: [{ command, key: undefined }] };
    }
    if (random.chance(0.04)) {
      // Without a key an event says by its metadata whose it is.
      const command = { ...this.transfer(), metadata: { soak: key } };
      return { ...usual, steps: [{ command, key: undefined }] };
    }
    return { ...usual, steps: [{ command: this.command(), key }] };
  }

  /** Another body for a key that was used. */
  other(key: string): Plan {
    const command = { ...this.transfer(), metadata: { other: `${++this.made}` } };
    return { mode: 'single', dryRun: false, bulkKey: undefined, steps: [{ command, key }] };
  }

  private bulk(key: string): Plan {
    const { random } = this;
    const mode: Mode = random.pick(['atomic', 'atomic', 'stop', 'continue'] as const);
    const whole = random.chance(0.5);
    // The first element stands for the key of the whole bulk.
    const keyOf = (index: number) =>
      whole ? (index === 0 ? key : `${key}\u001f${index}`) : `${key}/${index}`;
    const steps = Array.from({ length: 1 + random.below(8) }, (_, index) => ({
      command: this.command(),
      key: keyOf(index),
    }));
    return { mode, dryRun: false, steps, bulkKey: whole ? key : undefined };
  }

  private command(): ModelCommand {
    const { random } = this;
    const dice = random.next();
    if (dice < 0.42) return this.create();
    if (dice < 0.6) return { ...this.transfer(), pending: true, ...this.expiry() };
    if (dice < 0.76) return this.capture();
    if (dice < 0.8) return { kind: 'void', id: this.known.hold(random).id };
    if (dice < 0.9) return this.revert();
    return this.describe();
  }

  private expiry(): { readonly expiresIn?: number } {
    return this.random.chance(0.4) ? { expiresIn: 1 + this.random.below(4) } : {};
  }

  private create(): Extract<ModelCommand, { kind: 'create' }> {
    const { random } = this;
    const command = this.transfer();
    const day = `${1 + random.below(27)}`.padStart(2, '0');
    const referenceNumber = random.below(this.known.last + 20);
    return {
      ...command,
      ...(random.chance(0.15) ? { timestamp: `2025-0${1 + random.below(9)}-${day}T08:30:00.000000Z` } : {}),
      ...(random.chance(0.15) ? { reference: `ref-${referenceNumber}` } : {}),
      ...(random.chance(0.2) ? { metadata: this.words() } : {}),
      ...(random.chance(0.08) ? { accountMetadata: { [random.pick(ACCOUNTS)]: this.words() } } : {}),
      ...(random.chance(0.03) ? { force: true } : {}),
      ...(random.chance(0.12) ? { conditions: [this.condition()] } : {}),
    };
  }

  private transfer(): Extract<ModelCommand, { kind: 'create' }> {
    const { random } = this;
    const count = random.chance(0.75) ? 1 : 2 + random.below(2);
    return { kind: 'create', postings: Array.from({ length: count }, () => this.posting()) };
  }

  private posting(): ModelPosting {
    const { random } = this;
    const asset = random.pick(ASSETS);
    const from = random.chance(0.25) ? 'world' : random.pick(ACCOUNTS);
    const to = random.chance(0.1) ? 'world' : random.chance(0.01) ? 'closed:1' : random.pick(ACCOUNTS);
    return { from, to, asset, amount: BigInt(random.below(200)) * (UNIT[asset] ?? 1n) };
  }

  private condition() {
    const { random } = this;
    const asset = random.pick(ASSETS);
    return {
      account: random.pick(ACCOUNTS),
      asset,
      balance: random.pick(['posted', 'available'] as const),
      op: random.pick(['lt', 'lte', 'eq', 'gte', 'gt'] as const),
      amount: (BigInt(random.below(400)) - 50n) * (UNIT[asset] ?? 1n),
    };
  }

  private capture(): ModelCommand {
    const { random } = this;
    const { id, postings } = this.known.hold(random);
    const [first] = postings;
    if (first === undefined || random.chance(0.3)) return { kind: 'capture', id };
    const parts = postings.slice(0, 1 + random.below(postings.length)).map(({ from, asset, amount }) => ({
      from,
      asset,
      amount: (amount * BigInt(random.below(9))) / 6n,
    }));
    return { kind: 'capture', id, parts, ...(random.chance(0.7) ? { keep: true } : {}) };
  }

  private revert(): ModelCommand {
    const { random } = this;
    const id = this.known.transaction(random);
    return {
      kind: 'revert',
      id,
      ...(random.chance(0.2) ? { force: true } : {}),
      ...(random.chance(0.2) ? { atEffectiveDate: true } : {}),
      ...(random.chance(0.2) ? { metadata: this.words() } : {}),
    };
  }

  private describe(): ModelCommand {
    const { random } = this;
    const target = random.chance(0.5) ? random.pick(ACCOUNTS) : this.known.transaction(random);
    if (random.chance(0.35)) return { kind: 'forget', target, name: random.pick(NAMES) };
    return { kind: 'describe', target, metadata: this.words() };
  }

  private words(): Record<string, string> {
    return { [this.random.pick(NAMES)]: `${this.random.below(1000)}` };
  }
}

const NAMES = ['colour', 'city', 'note', '__proto__x', 'weight'];
