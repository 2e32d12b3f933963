import { setTimeout as sleep } from 'node:timers/promises';
import type {
  LookupResult,
  OperationKind,
  OperationResult,
  PaymentProvider,
  ProviderOperation,
} from '@defter/payments-contracts';
import { mockPsp } from '@defter/provider-mock-psp';

/**
 * How the provider answers a call: metadata `test.answer`. It acts once per operation id, whatever it
 * answers. `challenge`: the payer has to act first; the test says how with `finish`.
 */
export type TestAnswer =
  | 'succeeded'
  | 'pending'
  | 'challenge'
  | 'declined'
  | 'unknown after acting'
  | 'unknown before acting'
  | 'refused'
  | 'errored';

/** An operation in the provider's book. */
interface Entry {
  readonly operation: ProviderOperation;
  result: OperationResult;
}

/**
 * A provider in memory with native idempotency, whose book the tests read: `effects` counts what it did per
 * operation, `calls` what it was asked. Ids of operations stand for its references. It keeps its own rules:
 * captures never exceed their authorisation, nothing is captured after a release, refunds never exceed what
 * was collected.
 */
export class TestProvider {
  readonly effects = new Map<string, number>();
  readonly calls: string[] = [];
  readonly book = new Map<string, Entry>();
  /** Milliseconds that each call takes. */
  delayMs = 0;
  /** Whose sends get no answer before `release`, by customer. */
  readonly hanging = new Set<string>();
  private readonly waiting: (() => void)[] = [];
  /** What look-ups say instead of the truth. */
  lookupsFail = false;
  /** Voids reach it and do nothing, and nobody hears what became of them. */
  voidsFail = false;
  /** Voids are refused before they do anything: a key was taken back. */
  voidsRefused = false;
  /** Look-ups that have read the book and not answered yet wait for this. */
  lookupsHeld: Promise<void> | undefined;
  /** Look-ups find nothing yet, as at a provider whose search lags. */
  lookupsLag = false;

  /** What it can do; a test may take something away. */
  readonly capabilities: OperationKind[] = [
    ...(['sale', 'authorize', 'capture', 'void', 'refund', 'payout', 'chargeback'] as const),
  ];

  readonly adapter: PaymentProvider = {
    ...mockPsp,
    manifest: { ...mockPsp.manifest, capabilities: this.capabilities },
    execute: (operation) => this.execute(operation),
    lookup: (operationId) => this.lookup(operationId),
  };

  /** The page where the payer confirms; a test that has one says where. */
  challengeUrl = (operationId: string, returnUrl: string): string =>
    `http://provider.test/challenge/${operationId}?return_url=${encodeURIComponent(returnUrl)}`;

  /** Sends that hang are answered now, and none hangs any more. */
  release(): void {
    this.hanging.clear();
    for (const goOn of this.waiting.splice(0)) goOn();
  }

  /** What became of a pending operation, or of a challenge; look-ups tell from now on. */
  finish(operationId: string, outcome: 'succeeded' | 'declined'): void {
    const entry = this.book.get(operationId);
    if (entry?.result.result !== 'pending') throw new Error(`${operationId} isn't pending`);
    const isChallenge = entry.result.nextAction !== undefined;
    entry.result = outcome === 'succeeded' ? done(entry.operation) : declined('authentication_failed');
    if (isChallenge && outcome === 'succeeded') this.count(operationId);
  }

  /** The payer has done all; the bank takes its time. */
  proceed(operationId: string): void {
    const entry = this.book.get(operationId);
    if (entry?.result.result !== 'pending') throw new Error(`${operationId} isn't pending`);
    const { nextAction: _, ...rest } = entry.result;
    entry.result = { ...rest, payerDone: true };
  }

  /** What a payer decided at the bank; who comes a second time changes nothing. */
  decide(operationId: string, { approved }: { readonly approved: boolean }): void {
    if (this.book.get(operationId)?.result.result !== 'pending') return;
    this.finish(operationId, approved ? 'succeeded' : 'declined');
  }

  /** What was collected, and not given back, in all. */
  get collectedMinor(): bigint {
    const sumOf = (...kinds: readonly string[]) =>
      [...this.book.values()]
        .filter(({ operation, result }) => kinds.includes(operation.kind) && result.result === 'succeeded')
        .reduce((sum, { operation }) => sum + operation.amountMinor, 0n);
    return sumOf('sale', 'capture') - sumOf('refund');
  }

  private async execute(operation: ProviderOperation): Promise<OperationResult> {
    const { operationId, metadata } = operation;
    this.calls.push(`execute ${operationId}`);
    await sleep(this.delayMs);
    if (this.hanging.has(operation.customerId)) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    const sent = this.calls.filter((call) => call === `execute ${operationId}`).length;
    const script = (metadata['test.answer'] ?? scriptOf(operation.instrument)).split(', ');
    const answer = (script[sent - 1] ?? script.at(-1)) as TestAnswer;
    if (this.voidsFail && operation.kind === 'void') return { result: 'unknown', reason: 'time-out' };
    if (this.voidsRefused && operation.kind === 'void')
      return { result: 'failed', declineCode: 'key_revoked' };
    if (answer === 'errored') return { result: 'errored', reason: 'connection refused' };
    if (answer === 'unknown before acting') return { result: 'unknown', reason: 'time-out' };
    if (answer === 'refused') return { result: 'failed', declineCode: 'key_revoked' };
    const result = this.act(operation, answer);
    return answer === 'unknown after acting' ? { result: 'unknown', reason: 'time-out' } : result;
  }

  private act(operation: ProviderOperation, answer: TestAnswer): OperationResult {
    const { operationId } = operation;
    const known = this.book.get(operationId);
    if (known !== undefined) return known.result;
    const ended = operation.kind === 'void' ? this.waitingFor(operation) : undefined;
    if (ended !== undefined) ended.result = declined('authentication_abandoned');
    const refused = ended === undefined ? this.refusalOf(operation) : undefined;
    const result = refused === undefined ? this.answer(operation, answer) : declined(refused);
    this.book.set(operationId, { operation, result });
    // A challenge takes nothing until the payer has confirmed.
    if (answer !== 'challenge' && result.result !== 'declined') this.count(operationId);
    return result;
  }

  private answer(operation: ProviderOperation, answer: TestAnswer): OperationResult {
    const { operationId, instrument, returnUrl } = operation;
    if (answer === 'declined') return declined(declineOf(instrument));
    if (answer !== 'pending' && answer !== 'challenge') return done(operation);
    const url = this.challengeUrl(operationId, returnUrl ?? '');
    return {
      result: 'pending',
      ...known(operation),
      ...(answer === 'challenge' ? { nextAction: { type: 'redirect', url } } : {}),
    };
  }

  private count(operationId: string): void {
    this.effects.set(operationId, (this.effects.get(operationId) ?? 0) + 1);
  }

  /** What a void ends because its payer hasn't confirmed it yet: one of the two is too late. */
  private waitingFor({ parentProviderRef }: ProviderOperation): Entry | undefined {
    const parent = this.book.get(parentProviderRef?.replace(/^ref_/, '') ?? '');
    const isWaiting = parent?.result.result === 'pending' && parent.result.nextAction !== undefined;
    return isWaiting ? parent : undefined;
  }

  /** Its own rules about what a capture, release or refund is about. */
  private refusalOf({ kind, amountMinor, parentProviderRef }: ProviderOperation): string | undefined {
    if (kind !== 'capture' && kind !== 'void' && kind !== 'refund') return undefined;
    const parent = this.book.get(parentProviderRef?.replace(/^ref_/, '') ?? '');
    if (parent?.result.result !== 'succeeded') return 'parent_not_found';
    const isRefund = kind === 'refund';
    if (kind === 'void' && parent.operation.kind === 'sale') return 'charged_already';
    if (isRefund === (parent.operation.kind === 'authorize')) return 'parent_of_another_kind';
    const children = [...this.book.values()].filter(
      ({ operation, result }) =>
        operation.parentProviderRef === parentProviderRef &&
        (result.result === 'succeeded' || result.result === 'pending'),
    );
    if (children.some(({ operation }) => operation.kind === 'void')) return 'authorization_voided';
    const taken = children.reduce((sum, { operation }) => sum + operation.amountMinor, 0n);
    return amountMinor > parent.operation.amountMinor - taken ? 'above_what_is_left' : undefined;
  }

  private async lookup(operationId: string): Promise<LookupResult> {
    this.calls.push(`lookup ${operationId}`);
    if (this.lookupsFail) return { result: 'unknown', reason: 'time-out' };
    if (this.lookupsLag) return { result: 'not_found' };
    const found = this.book.get(operationId)?.result ?? { result: 'not_found' };
    await this.lookupsHeld;
    return found;
  }
}

const declined = (declineCode: string): OperationResult => ({ result: 'declined', declineCode });

const done = (operation: ProviderOperation): OperationResult => ({
  result: 'succeeded',
  ...known(operation),
});

const known = ({ operationId, amountMinor, currency }: ProviderOperation) => ({
  providerRef: `ref_${operationId}`,
  echoed: { amountMinor, currency },
});

/** The mock's test cards, as far as this provider knows them. */
const scriptOf = (instrument: string | undefined): TestAnswer => {
  if (instrument === 'tok_test_challenge') return 'challenge';
  if (instrument === 'tok_test_approve') return 'pending';
  return instrument?.startsWith(DECLINED_CARD) === true ? 'declined' : 'succeeded';
};

const DECLINED_CARD = 'tok_test_decline_';

const declineOf = (instrument: string | undefined): string =>
  instrument?.startsWith(DECLINED_CARD) === true ? instrument.slice(DECLINED_CARD.length) : 'do_not_honor';
