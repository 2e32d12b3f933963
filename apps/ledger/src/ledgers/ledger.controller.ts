import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Caller, Database, malformed, notFound, ProblemException, Public, Scope } from '@defter/platform';
import { requestProblems } from '../ledger.problems.js';
import { toAccountTypes, toNewLedger } from './ledger.wire.js';
import { isLedgerName, Ledgers } from './ledgers.js';

interface LedgerRow {
  name: string;
  strict: boolean;
  metadata: Record<string, string>;
  created_at: Date;
  sequence: bigint;
}

const ledgerView = ({ name, strict, metadata, created_at, sequence }: LedgerRow) => ({
  name,
  bucket: '_default',
  metadata,
  strict,
  addedAt: created_at.toISOString(),
  sequence,
});

@Controller(['v2', 'api/ledger/v2'])
export class LedgerController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly database: Database,
  ) {}

  @Get('_info')
  @Public()
  info() {
    return { data: { server: 'defter', version: 'v2' } };
  }

  @Get()
  @Scope('ledger:read')
  async list(@Caller() { tenantId }: Caller) {
    const rows = await this.database.query<LedgerRow>(
      `select name, strict, metadata, created_at, sequence
       from ledger join ledger_head using (ledger_id) where tenant_id = $1 order by name`,
      [tenantId],
    );
    return { cursor: { pageSize: rows.length, hasMore: false, data: rows.map(ledgerView) } };
  }

  @Get(':ledger')
  @Scope('ledger:read')
  async get(@Param('ledger') name: string, @Caller() { tenantId }: Caller) {
    if (!isLedgerName(name)) throw notFound('There is no such ledger');
    const [row] = await this.database.query<LedgerRow>(
      `select name, strict, metadata, created_at, sequence
       from ledger join ledger_head using (ledger_id) where tenant_id = $1 and name = $2`,
      [tenantId, name],
    );
    if (row === undefined) throw notFound('There is no such ledger');
    return { data: ledgerView(row) };
  }

  @Post(':ledger')
  @HttpCode(204)
  @Scope('ledger:write')
  async open(
    @Param('ledger') name: string,
    @Body() body: unknown,
    @Caller() { tenantId }: Caller,
  ): Promise<void> {
    expectName(name);
    const opened = await this.ledgers.open(tenantId, name, toNewLedger(body));
    if (!opened)
      throw new ProblemException('ledger-already-exists', requestProblems['ledger-already-exists']);
  }

  @Post(':ledger/account-types')
  @HttpCode(204)
  @Scope('ledger:admin')
  async setAccountTypes(
    @Param('ledger') name: string,
    @Body() body: unknown,
    @Caller() caller: Caller,
  ): Promise<void> {
    const { ledgerId } = await this.ledgers.find(caller.tenantId, name);
    await this.ledgers.setAccountTypes(ledgerId, toAccountTypes(body));
  }
}

const expectName = (name: string): void => {
  if (isLedgerName(name)) return;
  const msg = 'must be 1 to 63 of A-Z a-z 0-9 _ -, not starting with _';
  throw malformed([{ loc: ['path', 'ledger'], msg, type: 'name' }]);
};
