import { randomInt, randomUUID } from 'node:crypto';
import { type LedgerCommandV1, LedgerTopics } from '@defter/ledger-contracts';
import { toHeaders } from '@defter/platform';
import { TENANT, type TestPayments } from './test-payments.js';

/** The ledger's words on its topics, as the real one says them. */
export class ToldByLedger {
  /** Other tests may share the broker, and tell of transactions of this tenant's ledger, too. */
  private sequence = randomInt(1_000_000, 1_000_000_000);

  constructor(private readonly payments: TestPayments) {}

  /** It has booked what was asked for under this id. @returns the transaction's number */
  async booked(commandId: string, more: object = {}): Promise<number> {
    const [row] = await this.payments.rows<{ body: string }>(
      'select body from outbox where tenant_id = $1 and message_id = $2',
      [TENANT, commandId],
    );
    const command = row && (JSON.parse(row.body) as LedgerCommandV1);
    return this.did(commandId, { ...this.effectOf(command, await this.heldBy(command)), ...more });
  }

  /** It did this under that id, whatever was asked for. @returns the transaction's number */
  async did(commandId: string, event: object): Promise<number> {
    const sequence = ++this.sequence;
    const common = { ledger: 'main', sequence, recordedAt: new Date().toISOString(), balances: [] };
    await this.publish(LedgerTopics.events.name, `${TENANT}/main/${sequence}`, {
      ...{ ...common, commandId, ...event },
    });
    return sequence;
  }

  /** Somebody had it revert a transaction. @returns the number of the reversal */
  reverted(transactionId: number, id: string = randomUUID()): Promise<number> {
    const transaction = { ...this.transaction([]), reverts: transactionId };
    const data = { transaction, revertedTransactionId: transactionId };
    return this.did(id, { type: 'TransactionReverted', data });
  }

  async refused(commandId: string, code = 'idempotency-key-conflict'): Promise<void> {
    const body = { ledger: 'main', commandId, commandType: 'CreateTransaction', code, detail: code };
    await this.publish(LedgerTopics.refusals.name, `${commandId}:refused`, body);
  }

  /** A transaction with these postings, as data of the event that would be sent next. */
  transaction(postings: readonly object[], more: object = {}) {
    const timestamp = new Date().toISOString();
    return { id: this.sequence + 1, status: 'posted', postings, timestamp, metadata: {}, ...more };
  }

  /** What the hold has that a command ends: one that was asked for over gRPC, or on Kafka. */
  private async heldBy(command: LedgerCommandV1 | undefined): Promise<readonly object[]> {
    if (command === undefined || command.type === 'CreateTransaction') return [];
    const { reference } = command;
    const asked = [...this.payments.ledger.holds.values()].find((hold) => hold.reference === reference);
    if (asked !== undefined) return asked.postings;
    const [row] = await this.payments.rows<{ body: string }>(
      `select body from outbox where tenant_id = $1 and message_id = $2 || ':hold'`,
      [TENANT, reference],
    );
    return row === undefined ? [] : (JSON.parse(row.body) as { postings: object[] }).postings;
  }

  private effectOf(command: LedgerCommandV1 | undefined, postings: readonly object[]): object {
    const reference = command?.reference === undefined ? {} : { reference: command.reference };
    if (command === undefined || command.type === 'CreateTransaction') {
      const status = command?.status ?? 'posted';
      const transaction = this.transaction(command?.postings ?? [], { ...reference, status });
      return { type: 'TransactionCreated', data: { transaction } };
    }
    const type = command.type === 'PostHold' ? 'HoldPosted' : 'HoldVoided';
    return { type, data: { transactionId: 1, ...reference, postings, closed: true } };
  }

  private publish(topic: string, id: string, body: object): Promise<void> {
    const headers = toHeaders({ id, type: 'x', source: 'ledger', tenantId: TENANT, time: new Date() });
    return this.payments.messaging.publish([
      { topic, key: `${TENANT}/main`, value: JSON.stringify(body), headers },
    ]);
  }
}
