import { Controller, Get, Param, Query } from '@nestjs/common';
import { Caller, notFound, Scope } from '@defter/platform';
import { Ledgers } from '../ledgers/ledgers.js';
import { numberPlace, toCursorPage, toListRequest } from '../list-request.js';
import { toTransactionId } from './transaction-id.js';
import { TransactionReader, type TransactionView } from './transaction.read.js';

@Controller(['v2/:ledger/transactions', 'api/ledger/v2/:ledger/transactions'])
export class ReadTransactionsController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly transactions: TransactionReader,
  ) {}

  @Get()
  @Scope('ledger:read')
  async list(
    @Param('ledger') name: string,
    @Query() query: Record<string, string>,
    @Caller() { tenantId }: Caller,
  ) {
    const { pageSize, after } = toListRequest('transactions', query, numberPlace, ['reference']);
    const { ledgerId } = await this.ledgers.find(tenantId, name);
    const { reference } = query;
    const rows =
      reference === undefined
        ? await this.transactions.list(ledgerId, { before: after, limit: pageSize + 1 })
        : await this.transactions.byReference(ledgerId, reference);
    return toCursorPage(rows, 'transactions', {
      pageSize,
      view: (row: TransactionView) => row,
      place: ({ id }) => id,
    });
  }

  @Get(':id')
  @Scope('ledger:read')
  async get(@Param() { ledger, id }: { ledger: string; id: string }, @Caller() { tenantId }: Caller) {
    const { ledgerId } = await this.ledgers.find(tenantId, ledger);
    const transaction = await this.transactions.find(ledgerId, toTransactionId(id));
    if (transaction === undefined) throw notFound('There is no such transaction');
    return { data: transaction };
  }
}
