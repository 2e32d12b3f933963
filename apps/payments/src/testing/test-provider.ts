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
  'succeeded' | 'pending' | 'declined' | 'unknown after acting' | 'unknown before acting' | 'errored';

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

  /** What was pending succeeds at the provider; only a look-up or an event tells. */
  settle({
    operationId,
    amountMinor,
    currency,
  }: Pick<ProviderOperation, 'operationId' | 'amountMinor' | 'currency'>): void {
    const echoed = { amountMinor, currency };
    this.results.set(operationId, { result: 'succeeded', providerRef: `ref_${operationId}`, echoed });
  }

  private async execute(operation: ProviderOperation): Promise<OperationResult> {
    const { operationId, metadata } = operation;
    this.calls.push(`execute ${operationId}`);
    await sleep(this.delayMs);
    const sent = this.calls.filter((call) => call === `execute ${operationId}`).length;
    const script = (metadata['test.answer'] ?? 'succeeded').split(', ');
    const answer = (script[sent - 1] ?? script.at(-1)) as TestAnswer;
    if (answer === 'errored') return { result: 'errored', reason: 'connection refused' };
    if (answer === 'unknown before acting') return { result: 'unknown', reason: 'time-out' };
    const result = this.act(operation, answer);
    return answer === 'unknown after acting' ? { result: 'unknown', reason: 'time-out' } : result;
  }

  private act(
    { operationId, amountMinor, currency }: ProviderOperation,
    answer: TestAnswer,
  ): OperationResult {
    const known = this.results.get(operationId);
    if (known !== undefined) return known;
    const result: OperationResult =
      answer === 'declined'
        ? { result: 'declined', declineCode: 'do_not_honor' }
        : {
            result: answer === 'pending' ? 'pending' : 'succeeded',
            providerRef: `ref_${operationId}`,
            echoed: { amountMinor, currency },
          };
    this.results.set(operationId, result);
    if (answer !== 'declined') this.effects.set(operationId, (this.effects.get(operationId) ?? 0) + 1);
    return result;
  }

  private lookup(operationId: string): Promise<LookupResult> {
    this.calls.push(`lookup ${operationId}`);
    if (this.lookupsFail) return Promise.resolve({ result: 'unknown', reason: 'time-out' });
    return Promise.resolve(this.results.get(operationId) ?? { result: 'not_found' });
  }
}
