/** A bank's statement with one settlement that came and one that was taken. */
export const camt053 = (): string => `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>MB1</MsgId><CreDtTm>2026-02-02T00:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>20260201-TRY-1</Id><Acct><Id><IBAN>TR330006100519786457841326</IBAN></Id><Ccy>TRY</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="TRY">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="TRY">1100.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd></Bal>
<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>1400.00</Sum></TtlNtries></TxsSummry>
<Ntry><NtryRef>STL-1</NtryRef><Amt Ccy="TRY">1200.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-02-01</Dt></BookgDt><ValDt><Dt>2026-02-01</Dt></ValDt>
<NtryDtls><TxDtls><Refs><EndToEndId>STL-2026-01-31-TRY-1</EndToEndId></Refs>
<RmtInf><Ustrd>MOCKPSP SETTLEMENT 2026-01-31 TRY</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="TRY">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts></Ntry>
<Ntry><NtryRef>STL-2</NtryRef><Amt Ccy="TRY">200.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-02-01</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>
`;
