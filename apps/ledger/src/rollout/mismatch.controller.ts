import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { malformed, Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { type ListForm, listPage, numberPlace } from '../list-request.js';
import { BalanceComparison } from './balance-comparison.js';
import { toComparison } from './expected-balance.wire.js';
import { type MismatchEntry, type MismatchPlace, MismatchReader } from './mismatch.read.js';
import { comparisonView, mismatchView } from './mismatch.wire.js';

const MISMATCHES: ListForm<MismatchEntry, unknown, MismatchPlace> = {
  kind: 'mismatches',
  filters: ['kind'],
  parsePlace: (place) => {
    const [sequence, part] = place as unknown[];
    return [numberPlace(sequence), numberPlace(part)];
  },
  place: ({ sequence, part }) => [sequence, part],
  view: mismatchView,
};

@Controller(['v2/:ledger', 'api/ledger/v2/:ledger'])
export class MismatchController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly reader: MismatchReader,
    private readonly comparison: BalanceComparison,
  ) {}

  @Get('mismatches')
  @Scope('ledger:read')
  async list(@Request() request: LedgerRequest) {
    const kind = toKind(request.query('pageSize', 'cursor', 'kind'));
    const { ledgerId } = await this.ledgers.at(request.address);
    // A cursor of one kind is none of the other.
    const form = { ...MISMATCHES, kind: `${MISMATCHES.kind}/${kind ?? 'all'}` };
    return listPage(request, form, (before, limit) => this.reader.list(ledgerId, { before, kind, limit }));
  }

  @Post('expected-balances')
  @HttpCode(200)
  @Scope('ledger:write')
  async compare(@Body() body: unknown, @Request() request: LedgerRequest) {
    request.query();
    const expected = toComparison(body);
    const { ledgerId } = await this.ledgers.at(request.address);
    return { data: comparisonView(await this.comparison.compare(ledgerId, expected)) };
  }
}

const toKind = ({ kind }: Readonly<Record<string, string>>): string | undefined => {
  if (kind === undefined || kind === 'balance' || kind === 'refusal') return kind;
  throw malformed([{ loc: ['query', 'kind'], msg: 'must be balance or refusal', type: 'enum' }]);
};
