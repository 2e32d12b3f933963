import { Controller, Get } from '@nestjs/common';
import { type CursorPage, cursorPage, Scope, turnedPage } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { NormalSides, sideView } from '../account-types/normal-side.read.js';
import { balanceView } from '../accounts/account.wire.js';
import { BalancesAt } from './balances-at.js';
import { entryView, toAddress, toClock, toMoment, volumesView } from './history.wire.js';
import type { Entry } from './running-balance.js';
import { type Frame, placeIn, Statements } from './statement.js';
import { cursorOf, type StatementPage, toStatementPage } from './statement.wire.js';

@Controller(['v2/:ledger/accounts/:address', 'api/ledger/v2/:ledger/accounts/:address'])
export class HistoryController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly past: BalancesAt,
    private readonly statements: Statements,
    private readonly sides: NormalSides,
  ) {}

  @Get('balances')
  @Scope('ledger:read')
  async balances(@Request() request: LedgerRequest) {
    const query = request.query('at', 'clock');
    const [at, clock] = [toMoment(query, 'at'), toClock(query['clock'])];
    const address = toAddress(request.params['address']);
    const { ledgerId } = await this.ledgers.at(request.address);
    const side = await this.sides.of(ledgerId, address);
    const balances = (await this.past.ofAccount(ledgerId, address, { at, clock })).map(balanceView);
    return { data: balances.map((each) => ({ ...each, ...sideView(side, each.posted) })) };
  }

  @Get('entries')
  @Scope('ledger:read')
  async entries(@Request() request: LedgerRequest) {
    const account = toAddress(request.params['address']);
    const asked = toStatementPage(request, account);
    const { ledgerId } = await this.ledgers.at(request.address);
    const page = { ...asked, known: asked.known ?? (await this.statements.headOf(ledgerId)) };
    const rows = await this.statements.entries(ledgerId, account, page);
    const frame = await this.statements.frame(ledgerId, account, page);
    const shown = entriesPage(page, rows, (next) => cursorOf(request, account, next));
    return { ...statementView(page.known, frame), ...shown };
  }
}

const entriesPage = (
  page: StatementPage,
  rows: readonly Entry[],
  toCursor: (page: StatementPage) => string,
): CursorPage<object> => {
  const { backward, place, pageSize } = page;
  const turn = { backward, inside: place !== undefined };
  const turned = turnedPage(rows, pageSize, turn, {
    of: entryView,
    cursorAt: (row, back) => toCursor({ ...page, place: placeIn(page, row), backward: back }),
  });
  return cursorPage(turned, pageSize, turned.previous);
};

const statementView = (sequence: number, frame: readonly Frame[]) => ({
  statement: {
    sequence,
    balances: frame.map(({ asset, opening, closing }) => ({
      asset,
      opening: volumesView(opening),
      closing: volumesView(closing),
    })),
  },
});
