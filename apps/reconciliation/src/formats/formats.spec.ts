import { describe, expect, it } from '@jest/globals';
import { type FileFormat, FileRefused, type Mapping, readSettlement } from './formats.js';

/** Bytes in pieces of any size: a file never comes at the ends of its lines. */
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
type Columns = Exclude<FileFormat, 'camt053' | 'mt940'>;

async function lines(format: Columns, bytes: Uint8Array | string, mapping?: Mapping, size = 7) {
  const all = [];
  const stream = pieces(typeof bytes === 'string' ? utf8(bytes) : bytes, size);
  for await (const line of readSettlement(format, stream, mapping)) all.push(line);
  return all;
}
const faultsOf = async (read: Promise<unknown>) => {
  const error = await read.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FileRefused)) throw new Error(`not refused: ${String(error)}`);
  return error.faults.map(({ line, reason }) => `${line}: ${reason}`);
};

const stripe = (rows: readonly string[]): string =>
  [
    'balance_transaction_id,created,currency,gross,fee,net,reporting_category,source_id,payment_intent_id,' +
      'automatic_payout_id,customer_facing_amount,customer_facing_currency,' +
      'payment_metadata[defter_operation]',
    ...rows,
  ].join('\r\n');
const charge = 'txn_1,2026-01-31 22:30:00,usd,100.00,3.20,96.80,charge,ch_1,pi_1,po_1,,,op_1';

describe('Stripe', () => {
  it('reads charges with our id, their payout, and the day in UTC', async () => {
    expect(await lines('stripe', stripe([charge]))).toMatchObject([
      {
        ...{ kind: 'sale', operationId: 'op_1', providerRef: 'pi_1', amountMinor: 10_000n, feeMinor: 320n },
        ...{ netMinor: 9_680n, currency: 'USD', batchRef: 'po_1', businessOn: '2026-01-31', lineNumber: 2 },
        occurredAt: '2026-01-31T22:30:00.000Z',
      },
    ]);
  });

  it('checks a payout in the file against its lines, to the cent', async () => {
    const payout = (net: string) => `txn_2,2026-02-02 00:00:00,usd,-${net},0.00,-${net},payout,po_1,,po_1,,,`;
    expect(await lines('stripe', stripe([charge, payout('96.80')]))).toHaveLength(1);
    expect(await faultsOf(lines('stripe', stripe([charge, payout('96.81')])))).toEqual([
      '3: payout po_1: the lines add up to 96.80 USD, the file says 96.81 USD',
    ]);
  });

  it('names every wrong line, not only the first', async () => {
    const bad = charge.replace('96.80', '96.79');
    expect(await faultsOf(lines('stripe', stripe([charge, bad, charge.replace('usd', 'us$'), bad])))).toEqual(
      [
        '3: net is 96.79 USD, but gross less fee is 96.80 USD',
        '4: "US$" is no currency',
        '5: net is 96.79 USD, but gross less fee is 96.80 USD',
      ],
    );
  });

  it('loses no line to a quote, nor a field beyond the columns', async () => {
    const quoted = charge.replace('ch_1', '17" monitor');
    const swallowed = await faultsOf(lines('stripe', stripe([quoted, charge, quoted])));
    expect(swallowed).toEqual([expect.stringMatching(/^2: a quote inside of the field 17" monitor/)]);
    expect(await faultsOf(lines('stripe', stripe([charge, `${charge},,`, `${charge},x`])))).toEqual([
      '4: more fields than the 13 columns of the first line',
    ]);
  });

  it('reads the time in UTC where the report was asked for in another zone', async () => {
    const text = stripe([charge.replace('2026-01-31 22:30:00', '2026-02-01 01:30:00')]);
    const both = text
      .replace('created,', 'created,created_utc,')
      .replace('01:30:00,', '01:30:00,2026-01-31 22:30:00,');
    expect((await lines('stripe', both))[0]).toMatchObject({ businessOn: '2026-01-31' });
    expect(await faultsOf(lines('stripe', text.replace('created', 'made')))).toEqual([
      expect.stringMatching(/^1: the column created_utc or created is missing; the first line has: balance_/),
    ]);
  });

  it('keeps what the customer paid in another currency', async () => {
    const [line] = await lines('stripe', stripe([charge.replace(',po_1,,,', ',po_1,3000.00,try,')]));
    expect(line?.original).toEqual({ amountMinor: 300_000n, currency: 'TRY', rate: '0.033333333333' });
  });
});

const adyenHead =
  'Merchant Account,Psp Reference,Merchant Reference,Creation Date,TimeZone,Type,Modification Reference,' +
  'Gross Currency,Gross Debit (GC),Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),' +
  'Net Credit (NC),Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Batch Number';
const settled =
  'M,8815,op_1,2026-01-31 23:30:00,CET,Settled,8816,EUR,,100.00,1,EUR,,97.50,,1.00,0.50,1.00,42';
const adyenPayout = (net: string) => `M,,,2026-02-02 00:00:00,CET,MerchantPayout,,,,,,EUR,${net},,,,,,42`;

describe('Adyen', () => {
  it('reads what was settled, its costs, and when that was where the account is', async () => {
    expect(await lines('adyen', [adyenHead, settled, adyenPayout('97.50')].join('\n'))).toMatchObject([
      {
        ...{ kind: 'sale', operationId: 'op_1', providerRef: '8816', amountMinor: 10_000n, feeMinor: 250n },
        ...{ netMinor: 9_750n, batchRef: 'batch-42', occurredAt: '2026-01-31T22:30:00.000Z' },
        businessOn: '2026-01-31',
      },
    ]);
  });

  it('refuses a batch that is a cent off', async () => {
    expect(await faultsOf(lines('adyen', [adyenHead, settled, adyenPayout('97.51')].join('\n')))).toEqual([
      '3: batch 42: the lines add up to 97.50 EUR, the file says 97.51 EUR',
    ]);
  });
});

describe('iyzico and PayTR', () => {
  it('iyzico: an instalment’s surcharge stands apart, and the total is checked', async () => {
    const head =
      'transactionType;transactionDate;paymentId;conversationId;price;paidPrice;transactionCurrency;' +
      'iyzicoCommission;iyzicoFee;merchantPayoutAmount';
    const row = 'PAYMENT;2026-01-31 01:00:00;22416035;op_1;1000.00;1030.00;TRY;29.87;0.25;999.88';
    const total = (sum: string) => `TOTAL;;;;;;TRY;;;${sum}`;
    const [line] = await lines('iyzico', [head, row, total('999.88')].join('\n'));
    expect(line).toMatchObject({
      ...{ amountMinor: 103_000n, surchargeMinor: 3_000n, feeMinor: 3_012n, netMinor: 99_988n },
      ...{ operationId: 'op_1', providerRef: '22416035', occurredAt: '2026-01-30T22:00:00.000Z' },
      businessOn: '2026-01-31',
    });
    expect(await faultsOf(lines('iyzico', [head, row, total('999.89')].join('\n')))).toEqual([
      '3: payouts: the lines add up to 999.88 TRY, the file says 999.89 TRY',
    ]);
    // More digits than money has: checked with all of them, and never a rounding that hides a difference.
    const fine = row.replace('29.87', '29.8765').replace('999.88', '999.8735');
    expect((await lines('iyzico', [head, fine, total('999.8735')].join('\n')))[0]).toMatchObject({
      ...{ amountMinor: 103_000n, feeMinor: 3_013n, netMinor: 99_987n },
    });
    expect(await faultsOf(lines('iyzico', [head, fine.replace('8735', '8734')].join('\n')))).toEqual([
      '2: merchantPayoutAmount is 999.8734 TRY, but what was paid less commission and fee is 999.8735 TRY',
    ]);
  });

  it('PayTR: Windows-1254, decimal commas, TL', async () => {
    const text = [
      'islem_tipi;islem_tutari;odeme_tutari;net_tutar;kesinti_tutari;islem_tarihi;para_birimi;' +
        'siparis_no;kart_marka',
      'S;100,00;100,00;97,50;2,50;31.01.2026 12:00;TL;ABC123;İşbank Şöğüt',
      'I;40,00;;40,00;0,00;31.01.2026 13:00;TL;ABC123;İşbank',
    ].join('\r\n');
    for (const size of [1, 2, 3, 64, 10_000]) {
      const read = await lines('paytr', windows1254(text), undefined, size);
      expect(read.map(({ kind, netMinor, currency }) => [kind, netMinor, currency])).toEqual([
        ['sale', 9_750n, 'TRY'],
        ['refund', -4_000n, 'TRY'],
      ]);
      expect(read[0]?.raw).toContain('İşbank Şöğüt');
    }
  });
});

const letters: Readonly<Record<string, number>> = {
  ş: 0xfe,
  Ş: 0xde,
  ı: 0xfd,
  İ: 0xdd,
  ğ: 0xf0,
  ö: 0xf6,
  ü: 0xfc,
};
const windows1254 = (text: string): Uint8Array =>
  Uint8Array.from(text, (letter) => letters[letter] ?? letter.charCodeAt(0));

const mapping: Mapping = {
  ...{ decimal_mark: 'comma', zone: 'Europe/Istanbul', amount: 'Tutar', time: 'Tarih', currency: 'TRY' },
  ...{ fee: 'Komisyon', net: 'Net', kind: 'Tip', reference: 'Ref', kinds: { Satış: 'sale', İade: 'refund' } },
  total_words: ['Toplam'],
};
const columns = 'Tarih;Tip;Ref;Tutar;Komisyon;Net';

describe('a mapped file', () => {
  const row = '31.01.2026 10:00;Satış;r1;1.250,00;25,00;1.225,00';
  it('is read by the connection’s columns and words, with its total', async () => {
    const text = `\ufeff${columns}\n${row}\n;Toplam;;1.250,00;25,00;1.225,00\n`;
    expect(await lines('mapped', text, mapping)).toMatchObject([
      { kind: 'sale', providerRef: 'r1', amountMinor: 125_000n, feeMinor: 2_500n, netMinor: 122_500n },
    ]);
    expect(
      await faultsOf(lines('mapped', text.replace('Toplam;;1.250,00', 'Toplam;;1.250,01'), mapping)),
    ).toEqual(['3: amounts: the lines add up to 1250.00 TRY, the file says 1250.01 TRY']);
  });

  it('is refused for words and columns that the mapping doesn’t have', async () => {
    expect(
      await faultsOf(lines('mapped', `${columns}\n${row.replace('Satış', 'Sonstiges')}`, mapping)),
    ).toEqual(['2: the kind "Sonstiges" stands for nothing: add it to the mapping\'s kinds']);
    expect(await faultsOf(lines('mapped', 'a;b\n1;2', mapping))).toHaveLength(1);
    expect(await faultsOf(lines('mapped', 'a;b'))).toEqual(['0: this connection has no mapping yet']);
  });

  const signed = { ...mapping, kinds: { ...mapping.kinds, Düzeltme: 'adjustment', Çıkış: 'payout' } };
  const nets = async (...rows: readonly string[]) =>
    (await lines('mapped', [columns, ...rows].join('\n'), signed)).map(({ kind, amountMinor, netMinor }) => [
      ...[kind, amountMinor, netMinor],
    ]);
  const at = '31.01.2026 10:00';

  it('a sale below zero is a refund: money never changes its direction', async () => {
    expect(await nets(`${at};Satış;r;-100,00;0,00;-100,00`, `${at};İade;r;-40,00;0,00;-40,00`)).toEqual([
      ['refund', 10_000n, -10_000n],
      ['refund', 4_000n, -4_000n],
    ]);
    const bare: Mapping = {
      ...{ decimal_mark: 'comma', zone: 'UTC', amount: 'Tutar', time: 'Tarih', currency: 'KWD' },
    };
    const [line] = await lines('mapped', 'Tarih;Tutar\n31.01.2026;-1,234', bare);
    expect(line).toMatchObject({ kind: 'refund', amountMinor: 1_234n, currency: 'KWD' });
  });

  it('refunds and payouts take with either sign, and never with both in one file', async () => {
    const out = (kind: string, sign: string) => `${at};${kind};r;${sign}40,00;1,00;${sign}41,00`;
    for (const sign of ['', '-'])
      expect(await nets(out('İade', sign), out('Çıkış', sign))).toEqual([
        ['refund', 4_000n, -4_100n],
        ['payout', 4_000n, -4_100n],
      ]);
    const both = [columns, out('İade', ''), out('İade', '-')].join('\n');
    expect(await faultsOf(lines('mapped', both, signed))).toEqual([
      expect.stringMatching(/^3: lines of the kind refund are above and below zero/),
    ]);
  });

  it('adjustments go where their sign says, and a net that turns a sale around is refused', async () => {
    expect(await nets(`${at};Düzeltme;r;5,00;0,00;5,00`, `${at};Düzeltme;r;-5,00;0,00;-5,00`)).toEqual([
      ['adjustment', 500n, 500n],
      ['adjustment', 500n, -500n],
    ]);
    const turned = `${columns}\n${row.replace('1.225,00', '-1.225,00')}`;
    expect(await faultsOf(lines('mapped', turned, mapping))).toEqual([
      '2: net is -1225.00 TRY, but the amount less the fee is 1225.00 TRY',
    ]);
  });

  it('never guesses which mark is the decimal one', async () => {
    const either = { ...mapping, decimal_mark: 'either' as const, net: 'none', fee: 'none' };
    delete (either as { net?: string }).net;
    delete (either as { fee?: string }).fee;
    const faults = await faultsOf(lines('mapped', 'Tarih;Tip;Ref;Tutar\n31.01.2026;sale;r;1.234', either));
    expect(faults[0]).toContain('may be two amounts');
  });
});

describe('bytes that are no file', () => {
  const head = `${columns}\n`;
  it('are refused with the line', async () => {
    expect(await faultsOf(lines('mapped', '', mapping))).toEqual(['0: the file is empty']);
    expect(await faultsOf(lines('mapped', `${head}"a;b\nc`, mapping))).toEqual([
      '2: a quote is never closed',
    ]);
    expect(await faultsOf(lines('mapped', `${head}"a"b;c`, mapping))).toEqual([
      '2: text stands behind a quote',
    ]);
    expect(await faultsOf(lines('mapped', `${head}a\u0000b`, mapping))).toEqual([
      '2: it holds a NUL; this is no text',
    ]);
    const broken = Buffer.concat([utf8(`${head}ş;`), Buffer.from([0xff])]);
    expect(await faultsOf(lines('mapped', broken, mapping))).toEqual(['2: the text breaks off in a letter']);
    expect(await faultsOf(lines('mapped', 'x'.repeat(1_100_000), mapping, 65_536))).toHaveLength(1);
  });
});
