import { expect } from '@jest/globals';
import { parseSettings } from '@defter/backoffice-contracts';
import { SettingsFile } from '@defter/platform';
import { eventually } from '@defter/testing';
import { TENANT, type TestPayments, tokens } from './test-payments.js';

export const MOVED = 'bank:c_one psp:c_one:receivable 975 TRY/2';

/** What tests of settlements do with payments, and look at. */
export const settling = (payments: TestPayments) => {
  const settle = async (settlements: 'proposed' | 'automatic'): Promise<void> => {
    payments.keepTenants([TENANT], { settlements });
    // Otherwise it is seen at the next look.
    await payments.instances[0]?.get(SettingsFile).reread(parseSettings);
  };
  const listed = async () => {
    const { body } = await payments.call('GET', '/v1/settlements?connection_id=c_one&page_size=100');
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into foreign JSON
    return body.data as any[];
  };
  const ofBatch = async (batchRef: string) =>
    (await listed()).filter(
      ({ batch, reference }) => batch?.reference === batchRef || reference === batchRef,
    );
  const one = (batchRef: string) =>
    eventually(async () => {
      const [settlement, ...more] = await ofBatch(batchRef);
      expect(more).toEqual([]);
      expect(settlement).toBeDefined();
      return settlement;
    });
  const commandsOf = (id: string) =>
    payments.rows<{ body: string }>(
      `select body from outbox where subject = $1 and topic = 'defter.ledger.commands.v1'`,
      [id],
    );
  const postingsOf = async (id: string) => {
    const commands = await commandsOf(id);
    expect(commands).toHaveLength(1);
    const { postings } = JSON.parse(commands[0]?.body ?? '{}');
    return postings.map((each: Record<string, string>) =>
      [each['source'], each['destination'], each['amount'], each['asset']].join(' '),
    );
  };
  const troubles = async (batchRef: string) => {
    const rows = await payments.rows<{ body: string }>(
      `select body from outbox where topic = 'defter.payments.anomalies.v1' and subject = $1
         order by position`,
      [batchRef],
    );
    return rows.map(({ body }) => JSON.parse(body) as { kind: string; reason: string });
  };
  const inbox = (id: string) =>
    eventually(async () =>
      expect(await payments.rows('select from inbox where message_id = $1', [id])).toHaveLength(1),
    );
  const ask = (reference: string, amount = 975, currency = 'TRY') =>
    payments.call('POST', '/v1/settlements', {
      body: { connection_id: 'c_one', reference, amount_minor: amount, currency },
      token: tokens.mehmet,
    });
  const approve = (id: string, hash: string, token = tokens.ayse, otherThan: readonly string[] = []) =>
    payments.call('POST', `/v1/settlements/${id}/approve`, {
      body: { payload_hash: hash, other_than: otherThan },
      token,
    });
  const end = (act: 'reject' | 'withdraw', id: string, token: string, reason = 'not our transfer') =>
    payments.call('POST', `/v1/settlements/${id}/${act}`, { body: { reason }, token });
  return { settle, listed, ofBatch, one, commandsOf, postingsOf, troubles, inbox, ask, approve, end };
};
