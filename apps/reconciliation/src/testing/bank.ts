/** Bank statements for tests; shares no code with the service. */
export interface Booking {
  readonly amount: bigint;
  readonly on: string;
  readonly reference?: string;
  readonly text?: string;
  readonly currency?: string;
}

const decimal = (minor: bigint): string => {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};
const side = (minor: bigint): string => `<CdtDbtInd>${minor < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd>`;

/** A camt.053 whose balances fit, opening at nothing. */
export function statementXml(id: string, bookings: readonly Booking[]): string {
  const [{ currency = 'TRY' } = {}] = bookings;
  const closing = bookings.reduce((sum, { amount }) => sum + amount, 0n);
  const balance = (code: string, amount: bigint): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${decimal(amount)}</Amt>` +
    `${side(amount)}</Bal>`;
  const entries = bookings.map(
    ({ amount, on, reference = 'NONREF', text = '' }) =>
      `<Ntry><Amt Ccy="${currency}">${decimal(amount)}</Amt>${side(amount)}<Sts><Cd>BOOK</Cd></Sts>` +
      `<BookgDt><Dt>${on}</Dt></BookgDt>` +
      `<NtryDtls><TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs>` +
      `<RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`,
  );
  return [
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>',
    `<Stmt><Id>${id}</Id><Acct><Id><IBAN>TR1</IBAN></Id></Acct>`,
    ...[balance('OPBD', 0n), balance('CLBD', closing), ...entries],
    '</Stmt></BkToCstmrStmt></Document>',
  ].join('\n');
}
