import { Controller, Get } from '@nestjs/common';
import { malformed, Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { EntrySumReader } from './entry-sums.read.js';

@Controller(['v2/:ledger/entries/sums', 'api/ledger/v2/:ledger/entries/sums'])
export class EntrySumsController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly reader: EntrySumReader,
  ) {}

  @Get()
  @Scope('ledger:read')
  async sums(@Request() request: LedgerRequest) {
    const query = request.query('from', 'to');
    const [from, to] = [toSequence(query['from'], 'from'), toSequence(query['to'], 'to')];
    if (to < from) throw refused('to', 'must not be before from');
    const { ledgerId } = await this.ledgers.at(request.address);
    const { through, sums } = await this.reader.sums(ledgerId, from, to);
    return {
      data: { from, through, sums: sums.map((sum) => ({ ...sum, balance: sum.input - sum.output })) },
    };
  }
}

/** @throws ProblemException `malformed` */
const toSequence = (text: string | undefined, name: string): number => {
  if (text !== undefined && /^[1-9]\d{0,14}$/.test(text)) return parseInt(text, 10);
  throw refused(name, 'must be the number of an event, from 1 on');
};

const refused = (name: string, msg: string) => malformed([{ loc: ['query', name], msg, type: 'sequence' }]);
