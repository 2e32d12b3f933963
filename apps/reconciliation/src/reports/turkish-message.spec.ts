import { describe, expect, it } from '@jest/globals';
import { turkishMessage } from './turkish-message.js';

const line = {
  ...{ key: 'k', reportRef: 'file:gün.csv', lineNumber: 14, kind: 'charge', leg: 'payment' },
  ...{ providerRef: 'mp_1', amount: '125000', fee: '260', currency: 'TRY', status: 'succeeded' },
};
const operation = {
  ...{ operationId: 'op_1', kind: 'sale', result: 'succeeded', amount: '120000', fee: '250' },
  currency: 'TRY',
};

describe('a finding in Turkish', () => {
  it.each([
    [
      'missing_in_ledger',
      { line },
      'Sağlayıcı 1.250,00 TRY tutarında bir tahsilat bildirdi (referans mp_1, gün.csv satır 14); ' +
        'bizde böyle bir işlem yok.',
    ],
    [
      'missing_in_ledger',
      { operation },
      'op_1 işlemi (tahsilat, 1.200,00 TRY): başarılı, ama deftere işlenmemiş.',
    ],
    [
      'missing_at_psp',
      { operation },
      'op_1 işlemi (tahsilat, 1.200,00 TRY) bizde: başarılı; sağlayıcının raporlarında yok.',
    ],
    [
      'amount_mismatch',
      { line, operation },
      'op_1 işlemi, gün.csv satır 14: sağlayıcı 1.250,00 TRY bildirdi, beklenen 1.200,00 TRY.',
    ],
    [
      'fee_mismatch',
      { line, operation },
      'op_1 işlemi, gün.csv satır 14: sağlayıcı 2,60 TRY ücret kesti, beklenen 2,50 TRY.',
    ],
    [
      'bank_deposit_unmatched',
      { booking: { amount: '700', currency: 'TRY', bookedOn: '2026-02-03' } },
      'Banka 2026-02-03 gününde 7,00 TRY kaydetti; hiçbir takasa uymuyor.',
    ],
    [
      'payout_stuck',
      { payoutId: 'po_1', amount: '700', currency: 'TRY', status: 'sent' },
      'po_1 para çekmesi (7,00 TRY) ilerlemiyor; durumu: sent.',
    ],
    [
      'report_reissued',
      { reportRef: 'file:gün.csv', businessOn: '2026-01-31' },
      'gün.csv raporu (2026-01-31) başka içerikle yeniden geldi; artık yenisi geçerli.',
    ],
  ])('%s', (type, facts, text) => expect(turkishMessage(type, facts)).toBe(text));

  it('of a kind that has no sentence is none, and the English one stands', () =>
    expect(turkishMessage('orphan_event', { eventId: 'e' })).toBeNull());
});
