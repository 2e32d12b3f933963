import { describe, expect, it } from '@jest/globals';
import { type RawRequest, type SigningKey, UnreadableWebhook } from '@defter/payments-contracts';
import { webhook } from './webhook.js';

const current: SigningKey = { id: 'whk_1', secret: 'whsec_defter_mock_test' };
const next: SigningKey = { id: 'whk_2', secret: 'whsec_defter_mock_next' };
const t = 1_760_000_000;
const now = new Date(t * 1_000);
const body = '{"id":"evt_1","type":"deposit_captured","amount":"90071992547409931234"}';
/** Known answers, made with: printf '%s' "$t.$body" | openssl dgst -sha256 -hmac "$secret" */
const byCurrent = 'e594ff5fb0da27644cf2f6f6005b3118dfb03fe3ae1a6c55403236fdfec8eb22';
const byNext = '59668b20d66b5fa45f9467eae89dcfbee1f1053572b67c7847aad03acb6793ad';
const ofNothing = 'c9de976644039b1ea1a6c780d023c66aa28617878cbe8d6698f049158304aec7';
const ofLetters = 'cc366d30375cb754433fed8aa0641da0c26a04cd46d66780ae412919cd4b37db';

const request = (signature: string, text = body): RawRequest => ({
  path: '/api/v1/payments/webhook/mock-psp/c_one',
  headers: { 'mock-signature': signature },
  body: Buffer.from(text),
});
const verify = (signature: string, keys = [current], text = body) =>
  webhook.verify(request(signature, text), keys, now);
const valid = (keyId: string) => ({ valid: true, keyId });
const refused = (reason: string) => ({ valid: false, reason });

describe('verify', () => {
  it('knows the known answers', () => {
    expect(verify(`t=${t},v1=${byCurrent}`)).toEqual(valid('whk_1'));
    expect(verify(`t=${t},v1=${byNext}`, [current, next])).toEqual(valid('whk_2'));
    expect(verify(`t=${t},v1=${ofNothing}`, [current], '')).toEqual(valid('whk_1'));
    expect(verify(`t=${t},v1=${ofLetters}`, [current], '{"name":"Ayşe ₺"}')).toEqual(valid('whk_1'));
  });

  it('accepts the old and the new secret during a rotation', () => {
    const rotating = `t=${t},v1=${byCurrent},v1=${byNext}`;
    expect(verify(rotating, [current])).toEqual(valid('whk_1'));
    expect(verify(rotating, [next])).toEqual(valid('whk_2'));
    expect(verify(`t=${t}, v1=${'0'.repeat(64)}, v1=${byNext}`, [next])).toEqual(valid('whk_2'));
  });

  it('passes other schemes over: they can neither help nor harm', () => {
    expect(verify(`t=${t},v0=${byCurrent}`)).toEqual(refused('signature_malformed'));
    expect(verify(`t=${t},v0=anything,v1=${byCurrent}`)).toEqual(valid('whk_1'));
  });

  it('says why it refuses', () => {
    expect(webhook.verify({ ...request(''), headers: {} }, [current], now)).toEqual(
      refused('signature_missing'),
    );
    expect(verify(`t=${t},t=${t},v1=${byCurrent}`)).toEqual(refused('signature_malformed'));
    expect(verify(`t=${t}.5,v1=${byCurrent}`)).toEqual(refused('signature_malformed'));
    expect(verify(`t=${t}${',v1=00'.repeat(11)}`)).toEqual(refused('signature_malformed'));
    expect(verify(`t=${t + 1},v1=${byCurrent}`)).toEqual(refused('signature_mismatch'));
    expect(verify(`t=${t},v1=${byCurrent.toUpperCase()}`)).toEqual(refused('signature_mismatch'));
    expect(verify(`t=${t},v1=${byCurrent.slice(0, 63)}`)).toEqual(refused('signature_mismatch'));
    const late = new Date(now.getTime() + 301_000);
    expect(webhook.verify(request(`t=${t},v1=${byCurrent}`), [current], late)).toEqual(
      refused('timestamp_out_of_tolerance'),
    );
  });
});

describe('normalize', () => {
  const operation = {
    ...{ id: 'mp_ch_1', operation_id: 'op_1', kind: 'charge', status: 'succeeded', currency: 'TRY' },
    ...{ amount: '90071992547409931234', fee: '7' },
  };
  const event = (over: object) =>
    JSON.stringify({
      id: 'evt_1',
      type: 'deposit_captured',
      occurred_at: '2025-10-09T08:53:20.000Z',
      operation,
      ...over,
    });
  const normalize = (text: string) => webhook.normalize(request('', text));

  it('reads amounts of any size exactly', () => {
    expect(normalize(event({}))).toEqual([
      {
        ...{
          providerEventId: 'evt_1',
          providerType: 'deposit_captured',
          uniqueKey: 'event:evt_1',
          untrusted: {},
        },
        occurredAt: '2025-10-09T08:53:20.000Z',
        facts: {
          ...{ operationId: 'op_1', providerRef: 'mp_ch_1', kind: 'sale', result: 'succeeded' },
          ...{ amountMinor: 90071992547409931234n, currency: 'TRY', feeMinor: 7n },
        },
      },
    ]);
  });

  it.each([
    ['a number', 5],
    ['a fraction', '5.0'],
    ['an exponent', '5e3'],
    ['a minus', '-5'],
    ['a leading zero', '05'],
  ])('refuses an amount with %s', (_, amount) =>
    expect(() => normalize(event({ operation: { ...operation, amount } }))).toThrow('operation'),
  );

  it('refuses a type that contradicts its operation', () => {
    expect(() => normalize(event({ type: 'withdraw_paid' }))).toThrow('contradicts');
    expect(() => normalize(event({ operation: { ...operation, status: 'pending' } }))).toThrow('contradicts');
  });

  const dispute = { ...operation, id: 'mp_dp_1', operation_id: 'dp_1', kind: 'dispute' };

  it('reads a dispute as a chargeback of the payment, under the dispute’s own reference', () => {
    const told = { ...dispute, status: 'lost', parent: 'mp_ch_1', parent_operation_id: 'op_1' };
    const [read] = normalize(event({ type: 'dispute_lost', operation: told }));
    expect(read?.facts).toMatchObject({
      ...{ kind: 'chargeback', result: 'succeeded', operationId: 'op_1', providerRef: 'mp_dp_1' },
      disputeRef: 'mp_dp_1',
    });
    expect(() => normalize(event({ type: 'dispute_won', operation: told }))).toThrow('contradicts');
    const [orphan] = normalize(event({ type: 'dispute_lost', operation: { ...dispute, status: 'lost' } }));
    expect(orphan?.facts).not.toHaveProperty('operationId');
  });

  it('reads captures, and refuses an authorization that says it was captured', () => {
    const told = (kind: string) => normalize(event({ operation: { ...operation, kind } }));
    expect(told('capture')).toMatchObject([{ facts: { kind: 'capture', result: 'succeeded' } }]);
    expect(() => told('authorize')).toThrow('contradicts');
  });

  it('reads a batch event by event; one that can’t be read spoils it whole', () => {
    const events = ['evt_1', 'evt_2'].map((id) => JSON.parse(event({ id })) as object);
    const batch = (of: unknown) => normalize(JSON.stringify({ id: 'evt_1b', type: 'batch', events: of }));
    expect(batch(events).map(({ uniqueKey }) => uniqueKey)).toEqual(['event:evt_1', 'event:evt_2']);
    for (const wrong of [[], {}, undefined, [...events, {}], [null], Array(1_001).fill(events[0])])
      expect(() => batch(wrong)).toThrow(UnreadableWebhook);
  });

  it('gives a type it does not know without facts', () => {
    const [read] = normalize(event({ type: 'moon_phase' }));
    expect(read).toMatchObject({ uniqueKey: 'event:evt_1', providerType: 'moon_phase' });
    expect(read).not.toHaveProperty('facts');
  });
});

describe('identify', () => {
  it('takes the path, or else the body', () => {
    expect(webhook.identify(request('', 'no json'))).toBe('c_one');
    const elsewhere = {
      ...request('', '{"connection_id":"c_two"}'),
      path: '/api/v1/payments/webhook/mock-psp',
    };
    expect(webhook.identify(elsewhere)).toBe('c_two');
    expect(webhook.identify({ ...elsewhere, body: Buffer.from('[]') })).toBeUndefined();
  });
});
