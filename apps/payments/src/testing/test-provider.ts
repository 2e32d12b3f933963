import { setTimeout as sleep } from 'node:timers/promises';
import type {
  LookupResult,
  OperationResult,
  PaymentProvider,
  ProviderOperation,
} from '@defter/payments-contracts';
import { mockPsp } from '@defter/provider-mock-psp';

/**
 * How the provider answers a call: metadata `test.answer`. It acts once per operation id, whatever it
 * answers.
 */
export type TestAnswer =
  | 'succeeded'
  | 'pending'
  | 'declined'
  | 'challenge'
  | 'unknown after acting'
  | 'unknown before acting'
  | 'errored';

/**
 * A provider in memory with native idempotency, whose book the tests read: `effects` counts what it did per
 * operation,
 * `calls` what it was asked. Ids of operations stand for its references.
 */
export class TestProvider {
  readonly effects = new Map<string, number>();
  readonly calls: string[] = [];
  private readonly results = new Map<string, OperationResult>();
  /** Milliseconds that each call takes. */
  delayMs = 0;
  /** What look-ups say instead of the truth. */
  lookupsFail = false;

  readonly adapter: PaymentProvider = {
    ...mockPsp,
    execute: (operation) => this.execute(operation),
    lookup: (operationId) => this.lookup(operationId),
  };

  /** The page where the payer confirms; a test that has one says where. */
  challengeUrl = (operationId: string, returnUrl: string): string =>
    `http://127.0.0.1:1/challenge?operation=${operationId}&return=${encodeURIComponent(returnUrl)}`;

  /** What a payer decided at the bank: look-ups say it from now on. */
  decide(operationId: string, { approved }: { readonly approved: boolean }): void {
    const pending = this.results.get(operationId);
    if (pending?.result !== 'pending') return;
    const { providerRef, echoed } = pending;
    if (approved) this.effects.set(operationId, (this.effects.get(operationId) ?? 0) + 1);
    this.results.set(
      operationId,
      approved
        ? { result: 'succeeded', providerRef, echoed }
        : { result: 'declined', providerRef, declineCode: 'authentication_failed' },
    );
  }

  private async execute(operation: ProviderOperation): Promise<OperationResult> {
    const { operationId, metadata } = operation;
    this.calls.push(`execute ${operationId}`);
    await sleep(this.delayMs);
    const sent = this.calls.filter((call) => call === `execute ${operationId}`).length;
    const script = (metadata['test.answer'] ?? answerOf(operation.instrument)).split(', ');
    const answer = (script[sent - 1] ?? script.at(-1)) as TestAnswer;
    if (answer === 'errored') return { result: 'errored', reason: 'connection refused' };
    if (answer === 'unknown before acting') return { result: 'unknown', reason: 'time-out' };
    const result = this.act(operation, answer);
    return answer === 'unknown after acting' ? { result: 'unknown', reason: 'time-out' } : result;
  }

  private act(
    { operationId, amountMinor, currency, instrument, returnUrl }: ProviderOperation,
    answer: TestAnswer,
  ): OperationResult {
    const known = this.results.get(operationId);
    if (known !== undefined) return known;
    const result: OperationResult =
      answer === 'declined'
        ? { result: 'declined', declineCode: declineOf(instrument) }
        : {
            result: answer === 'pending' || answer === 'challenge' ? 'pending' : 'succeeded',
            providerRef: `ref_${operationId}`,
            echoed: { amountMinor, currency },
            ...(answer === 'challenge' && {
              nextAction: { type: 'redirect', url: this.challengeUrl(operationId, returnUrl ?? '') },
            }),
          };
    this.results.set(operationId, result);
    if (answer === 'succeeded' || answer === 'pending' || answer === 'unknown after acting')
      this.effects.set(operationId, (this.effects.get(operationId) ?? 0) + 1);
    return result;
  }

  private lookup(operationId: string): Promise<LookupResult> {
    this.calls.push(`lookup ${operationId}`);
    if (this.lookupsFail) return Promise.resolve({ result: 'unknown', reason: 'time-out' });
    return Promise.resolve(this.results.get(operationId) ?? { result: 'not_found' });
  }
}

/** The mock's test cards, as far as this provider knows them. */
const answerOf = (instrument: string | undefined): TestAnswer => {
  if (instrument === 'tok_test_challenge') return 'challenge';
  if (instrument === 'tok_test_approve') return 'pending';
  return instrument?.startsWith(DECLINED_CARD) === true ? 'declined' : 'succeeded';
};

const DECLINED_CARD = 'tok_test_decline_';

const declineOf = (instrument: string | undefined): string =>
  instrument?.startsWith(DECLINED_CARD) === true ? instrument.slice(DECLINED_CARD.length) : 'do_not_honor';
