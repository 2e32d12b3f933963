import { describe, expect, it } from '@jest/globals';
import { camt053 } from './camt053.fixture.js';
import { FileRefused, readStatements } from './formats.js';

/** Bytes in pieces of any size: a file never comes at the ends of its lines. */
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const faultsOf = async (read: Promise<unknown>) => {
  const error = await read.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FileRefused)) throw new Error(`not refused: ${String(error)}`);
  return error.faults.map(({ line, reason }) => `${line}: ${reason}`);
};

const statements = async (format: 'camt053' | 'mt940', text: string | Uint8Array, size = 11) =>
  readStatements(format, pieces(typeof text === 'string' ? utf8(text) : text, size));

describe('camt.053', () => {
  it('reads entries with their direction, name and text, in pieces of any size', async () => {
    for (const size of [1, 50, 100_000]) {
      const [statement] = await statements('camt053', camt053(), size);
      expect(statement?.name).toBe('TR330006100519786457841326/20260201-TRY-1');
      expect(statement?.lines).toMatchObject([
        { amountMinor: 120_000n, bookedOn: '2026-02-01', reference: 'STL-2026-01-31-TRY-1', currency: 'TRY' },
        { amountMinor: -20_000n, account: 'TR330006100519786457841326' },
      ]);
      expect(statement?.lines[0]?.remittance).toContain('MOCKPSP SETTLEMENT 2026-01-31 TRY');
    }
  });

  it('counts what is booked; a summary may count all that is listed', async () => {
    const others = camt053().replace('PDNG', 'INFO');
    expect((await statements('camt053', others))[0]?.lines).toHaveLength(2);
    const all = others.replace('<NbOfNtries>2<', '<NbOfNtries>3<').replace('>1400.00<', '>1405.00<');
    expect((await statements('camt053', all))[0]?.lines).toHaveLength(2);
  });

  it('refuses balances, counts and sums that are off', async () => {
    const off = async (from: string, to: string) =>
      (await faultsOf(statements('camt053', camt053().replace(from, to))))[0];
    expect(await off('>1100.00<', '>1100.01<')).toContain(
      "the balances don't fit: 100.00 TRY at the opening and entries of 1000.00 TRY are 1100.00 TRY, " +
        'the closing balance says 1100.01 TRY',
    );
    expect(await off('<NbOfNtries>2<', '<NbOfNtries>4<')).toContain('the summary counts 4');
    expect(await off('<Sum>1400.00<', '<Sum>1400.01<')).toContain('the summary says');
    expect(await off('Ccy="TRY">1200.00', 'Ccy="USD">1200.00')).toContain('another currency');
    expect(await off('<CdtDbtInd>DBIT', '<CdtDbtInd>DEBIT')).toContain('neither CRDT nor DBIT');
  });

  it('refuses entities, document types, other documents, and XML that breaks off', async () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>';
    const doctype = camt053().replace('<Document', `${bomb}<Document`);
    expect((await faultsOf(statements('camt053', doctype)))[0]).toContain('a document type is not allowed');
    expect((await faultsOf(statements('camt053', camt053().replace('MOCKPSP', '&a;'))))[0]).toContain(
      'well-formed',
    );
    const other = camt053().replace('camt.053.001.08', 'pain.001.001.09');
    expect((await faultsOf(statements('camt053', other)))[0]).toContain('no camt.053');
    for (let end = 0; end < camt053().length - 20; end += 97)
      await faultsOf(statements('camt053', camt053().slice(0, end), 100_000));
    const deep = camt053().replace('<Acct>', `<Acct>${'<a>'.repeat(100)}`);
    expect((await faultsOf(statements('camt053', deep)))[0]).toContain('too deep');
  });
});

const mt940 = [
  ...['{1:F01AAAABB99AXXX0000000000}{2:O9400000000000}{4:', ':20:STMT1', ':25:TR330006100519786457841326'],
  ...[':28C:32/1', ':60F:C260131TRY100,00', ':61:2602010201C1200,NTRFSTL-1//BANK1'],
  ...[
    ':86:MOCKPSP SETTLEMENT 2026-01-31',
    ' TRY',
    ':61:2601010102RC200,00NMSCREF',
    ':62F:C260201TRY1100,',
    '-}',
  ],
].join('\r\n');

describe('MT940', () => {
  it('reads entries, reversals and texts of several lines', async () => {
    const [statement] = await statements('mt940', mt940);
    expect(statement?.name).toBe('TR330006100519786457841326/2026-01-31/32');
    expect(statement?.lines).toMatchObject([
      { amountMinor: 120_000n, reference: 'STL-1', bookedOn: '2026-02-01' },
      { amountMinor: -20_000n, bookedOn: '2026-01-02', reference: 'REF' },
    ]);
    expect(statement?.lines[0]?.remittance).toContain('2026-01-31  TRY');
  });

  it('refuses balances that don’t fit, and what is no statement', async () => {
    const off = async (from: string, to: string) =>
      (await faultsOf(statements('mt940', mt940.replace(from, to))))[0];
    expect(await off('1100,', '1100,01')).toContain("10: the balances don't fit");
    expect(await off(':62F:', ':64:')).toContain('without opening and closing balance');
    expect(await off('C1200,N', 'X1200,N')).toContain('":61:" is no entry');
    expect(await faultsOf(statements('mt940', 'hello'))).toHaveLength(1);
  });

  it('tells statements of one number apart by the day they begin; pages of one are one', async () => {
    const of = (day: string, opening = '60F', closing = '62F') =>
      mt940.replace('60F:C260131', `${opening}:C2601${day}`).replace(':62F:', `:${closing}:`);
    const names = async (text: string) => (await statements('mt940', text)).map(({ name }) => name);
    expect(await names(`${of('30')}\r\n${of('31')}`)).toEqual([
      'TR330006100519786457841326/2026-01-30/32',
      'TR330006100519786457841326/2026-01-31/32',
    ]);
    expect(await names(`${of('30', '60F', '62M')}\r\n${of('31', '60M')}`)).toEqual([
      'TR330006100519786457841326/2026-01-30/32',
    ]);
  });

  it('puts a booking at the turn of the year into the right one', async () => {
    const text = mt940.replace('2602010201C1200', '2512311231C1200').replace('2601010102RC', '2512310102RC');
    expect((await statements('mt940', text))[0]?.lines.map(({ bookedOn }) => bookedOn)).toEqual([
      '2025-12-31',
      '2026-01-02',
    ]);
  });
});
