import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Operation, Step, WebhookType } from '../../operations/operation.js';
import { adyen, itemSignature } from './adyen.js';
import type { Dialect, Letter, Seal, Telling } from './dialect.js';
import { formSignature, iyzico } from './iyzico.js';
import { callbackHash, paytr } from './paytr.js';
import { stripe } from './stripe.js';

const at = new Date('2025-10-09T08:53:20.999Z');
const key = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00';
const seal = (secret: string, over: Partial<Seal> = {}): Seal => ({
  ...{ keys: [{ secret }], at, flaw: null, padding: '' },
  ...over,
});
const operation = (over: Partial<Operation> = {}): Operation => ({
  ...{ operationId: 'op_1', connectionId: 'c_one', kind: 'charge', currency: 'TRY', customer: 'cus_1' },
  ...{ amountMinor: 90071992547409931234n, approvedMinor: 90071992547409931234n, feeMinor: 0n },
  ...{ reference: 'Order', instrument: null, parent: null, parentOperationId: null, returnUrl: null },
  ...{ metadata: {}, providerRef: 'mp_ch_0123456789ab', challengeId: null, scenario: 'approve' },
  ...{ takenAt: '2025-10-09T08:53:20.000Z', steps: [], deliveries: [] },
  ...over,
});
const step: Step = { status: 'succeeded', at: '2025-10-09T08:53:20.000Z' };
const telling = (type: WebhookType = 'deposit_captured', over: Partial<Operation> = {}): Telling => ({
  ...{ eventId: 'evt_1', type, step, operation: operation(over) },
});
const written = (dialect: Dialect, sealed: Seal, ...tellings: readonly Telling[]): Letter => {
  const [first = telling(), ...others] = tellings;
  const letter = dialect.write([first, ...others], sealed);
  if (letter === undefined) throw new Error('it has no words for that');
  return letter;
};

describe('known answers of the specification', () => {
  it('Adyen', () => {
    const item = {
      ...{ pspReference: 'pspReference', originalReference: 'originalReference', value: '1000' },
      ...{ merchantAccountCode: 'merchantAccount', merchantReference: 'reference', currency: 'EUR' },
      ...{ eventCode: 'EVENT', success: 'true' },
    };
    expect(itemSignature(item, key)).toBe('ipnxGCaUZ4l8TUW75a71/ghd2Fe5ffvX0pV4TLTntIc=');
  });

  it('iyzico', () => {
    const form = {
      ...{ iyziEventType: 'THREE_DS_AUTH', paymentId: '22416035' },
      ...{ paymentConversationId: 'conv-1', status: 'SUCCESS' },
    };
    expect(formSignature(form, 'defter-test-secret')).toBe(
      '51a10079fa9efe1b8e101254eac9accfbbe091985019df38282bcfc59bed20ea',
    );
  });

  it('PayTR', () => {
    const callback = { merchant_oid: 'ORDER0001', status: 'success', total_amount: '3456' };
    const hash = 'i/ds7vZ2eAJ5HAaTck+Q+QkBsq4EEGAHlq0J1h51ANg=';
    const parameters = { salt: 'defter-merchant-salt' };
    expect(callbackHash(callback, { secret: 'defter-merchant-key', parameters })).toBe(hash);
    expect(callbackHash(callback, { secret: 'defter-merchant-key:defter-merchant-salt' })).toBe(hash);
  });
});

describe('Stripe', () => {
  it('signs time and body with the whole secret, and writes amounts of any size as numbers', () => {
    const { body, headers } = written(stripe, seal('whsec_one'));
    const digest = createHmac('sha256', 'whsec_one').update(`1760000000.${body}`).digest('hex');
    expect(headers['stripe-signature']).toBe(`t=1760000000,v1=${digest}`);
    expect(body).toContain('"amount":90071992547409931234,');
    expect(JSON.parse(body)).toMatchObject({
      ...{ id: 'evt_1', object: 'event', type: 'payment_intent.succeeded', created: 1_760_000_000 },
      data: { object: { currency: 'try', metadata: { defter_operation: 'op_1' }, status: 'succeeded' } },
    });
  });

  it('a lie in what is unsigned is in the headers, for the body is signed whole', () => {
    const [truth, lie] = [written(stripe, seal('s')), written(stripe, seal('s', { flaw: 'unsigned_field' }))];
    expect(lie.body).toBe(truth.body);
    expect(lie.headers).toMatchObject({ ...truth.headers, 'stripe-account': expect.any(String) });
  });

  it('a capture names itself beside its authorization, in the authorization’s intent', () => {
    const about = { kind: 'capture', parent: 'mp_au_1', parentOperationId: 'op_0' } as const;
    const { body } = written(stripe, seal('s'), telling('deposit_captured', about));
    expect(body).toContain('"amount_received":90071992547409931234,');
    expect(JSON.parse(body)).toMatchObject({
      data: {
        object: {
          ...{ id: 'mp_au_1', capture_method: 'manual' },
          metadata: { defter_operation: 'op_0', defter_capture_operation: 'op_1' },
        },
      },
    });
  });

  it('a dispute names what it is about', () => {
    const about = { kind: 'dispute', parent: 'mp_ch_1', parentOperationId: 'op_0' } as const;
    expect(JSON.parse(written(stripe, seal('s'), telling('dispute_lost', about)).body)).toMatchObject({
      type: 'charge.dispute.closed',
      data: { object: { status: 'lost', payment_intent: 'mp_ch_1', metadata: {} } },
    });
  });
});

describe('Adyen', () => {
  const itemsOf = (letter: Letter) => {
    const { notificationItems } = JSON.parse(letter.body) as {
      notificationItems: { NotificationRequestItem: Record<string, unknown> }[];
    };
    return notificationItems.map((each) => each.NotificationRequestItem);
  };
  /** The signature reckoned anew from what an item says. */
  const reckoned = (item: Record<string, unknown>) => {
    const { value, currency } = item['amount'] as { value: number; currency: string };
    const texts = ['pspReference', 'originalReference', 'merchantAccountCode', 'merchantReference'].map((n) =>
      String(item[n]),
    );
    const data = [...texts, String(value), currency, String(item['eventCode']), String(item['success'])];
    return createHmac('sha256', Buffer.from(key, 'hex')).update(data.join(':')).digest('base64');
  };
  const small = { approvedMinor: 1_000n };
  const signatureOf = (item: Record<string, unknown>) =>
    (item['additionalData'] as { hmacSignature: string }).hmacSignature;

  it('signs each item of a batch', () => {
    const letter = written(
      adyen,
      seal(key),
      telling('deposit_captured', small),
      telling('deposit_failed', { ...small, operationId: 'op_2' }),
      telling('refund_succeeded', { ...small, kind: 'refund', parent: 'mp_ch_9' }),
    );
    const items = itemsOf(letter);
    expect(items.map(({ eventCode, success }) => [eventCode, success])).toEqual([
      ['AUTHORISATION', 'true'],
      ['AUTHORISATION', 'false'],
      ['REFUND', 'true'],
    ]);
    expect(items.map(signatureOf)).toEqual(items.map(reckoned));
    expect(items[2]).toMatchObject({ originalReference: 'mp_ch_9' });
    expect(written(adyen, seal(key)).body).toContain('"value":90071992547409931234}');
  });

  it('an unsigned lie changes no signature; a shift over a colon keeps it valid, another does not', () => {
    const [lie = {}] = itemsOf(
      written(adyen, seal(key, { flaw: 'unsigned_field' }), telling('deposit_captured', small)),
    );
    expect([signatureOf(lie), lie['reason']]).toEqual([reckoned(lie), 'Approved twice']);
    const shifted = (operationId: string) =>
      itemsOf(
        written(
          adyen,
          seal(key, { flaw: 'boundary_shift' }),
          telling('deposit_captured', { ...small, operationId }),
        ),
      ).map((item) => [
        item['merchantAccountCode'],
        item['merchantReference'],
        signatureOf(item) === reckoned(item),
      ]);
    expect(shifted('op:1')).toEqual([['c_one:op', '1', true]]);
    expect(shifted('op_1')).toEqual([['c_on', 'eop_1', false]]);
  });
});

describe('iyzico', () => {
  const formOf = ({ body }: Letter) => JSON.parse(body) as Record<string, string>;
  const reckoned = (form: Record<string, string>) =>
    createHmac('sha256', 'sk')
      .update(
        ['sk', form['iyziEventType'], form['paymentId'], form['paymentConversationId'], form['status']].join(
          '',
        ),
      )
      .digest('hex');

  it('signs the direct form', () => {
    const letter = written(iyzico, seal('sk'), telling('deposit_failed', { challengeId: 'ch3_1' }));
    expect(formOf(letter)).toMatchObject({
      ...{ iyziEventType: 'THREE_DS_AUTH', status: 'FAILURE', paymentConversationId: 'op_1' },
      paymentId: expect.stringMatching(/^[0-9]+$/),
    });
    expect(letter.headers['x-iyz-signature-v3']).toBe(reckoned(formOf(letter)));
  });

  it('a shifted boundary has a valid signature: only the stored operation tells', () => {
    const [truth, shifted] = [
      written(iyzico, seal('sk')),
      written(iyzico, seal('sk', { flaw: 'boundary_shift' })),
    ];
    expect(shifted.headers).toEqual(truth.headers);
    expect(shifted.headers['x-iyz-signature-v3']).toBe(reckoned(formOf(shifted)));
    expect(formOf(shifted)['paymentConversationId']).toMatch(/^[0-9]op_1$/);
  });

  it('has no words but for charges and refunds', () => {
    for (const kind of ['payout', 'void', 'dispute', 'capture', 'authorize'] as const)
      expect(iyzico.write([telling('deposit_captured', { kind })], seal('sk'))).toBeUndefined();
  });
});

describe('PayTR', () => {
  const secret = 'defter-merchant-key:defter-merchant-salt';
  const formOf = ({ body }: Letter) => Object.fromEntries(new URLSearchParams(body));
  const reckoned = (form: Record<string, string>) =>
    createHmac('sha256', 'defter-merchant-key')
      .update(`${form['merchant_oid']}defter-merchant-salt${form['status']}${form['total_amount']}`)
      .digest('base64');

  it('signs the form', () => {
    const paid = formOf(written(paytr, seal(secret)));
    expect(paid).toMatchObject({ merchant_oid: 'op1', status: 'success', currency: 'TL', test_mode: '1' });
    expect([paid['total_amount'], paid['hash']]).toEqual(['90071992547409931234', reckoned(paid)]);
    const failed = formOf(written(paytr, seal(secret), telling('deposit_failed')));
    expect(failed).toMatchObject({ status: 'failed', total_amount: '0', hash: reckoned(failed) });
  });

  it('shifts and lies keep the hash valid', () => {
    const shifted = formOf(written(paytr, seal(secret, { flaw: 'boundary_shift' })));
    expect(shifted).toMatchObject({ status: 'success9', hash: reckoned(shifted) });
    const lie = formOf(written(paytr, seal(secret, { flaw: 'unsigned_field' })));
    expect(lie).toMatchObject({ currency: 'GBP', hash: reckoned(lie) });
  });

  it('is accepted by OK and by nothing else', () => {
    const answers = [
      [200, 'OK'],
      [200, ' OK\n'],
      [200, 'ok'],
      [200, '{"status":"OK"}'],
      [201, 'OK'],
      [500, 'OK'],
    ];
    expect(answers.map(([status, body]) => paytr.isAccepted(status as number, body as string))).toEqual([
      ...[true, true, false, false, false, false],
    ]);
  });

  it('tells charges only', () => {
    for (const kind of ['payout', 'refund', 'dispute', 'capture', 'authorize'] as const)
      expect(paytr.write([telling('deposit_captured', { kind })], seal(secret))).toBeUndefined();
  });
});
