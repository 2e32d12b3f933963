import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { type Caller, malformed, notFound, ProblemException, Scope } from '@defter/platform';
import { requestProblems } from '../ledger.problems.js';
import { expectNoCardNumberIn } from '../card-numbers.js';
import { LedgerRequest, Request } from '../ledger-request.js';
import { listPage, type PageForm, textPlace, viewed } from '../list-page.js';
import { type ListForm, toListQuestion } from '../list-question.js';
import { ledgerView, toNewLedger } from './ledger.wire.js';
import { LedgerReader, type LedgerRow } from './ledger.read.js';
import { isLedgerName, Ledgers, type NewLedger } from './ledgers.js';

const LEDGERS: ListForm = {
  kind: 'ledgers',
  fields: {},
  sorts: ['name'],
  usualOrder: () => ({ column: 'name', descending: false }),
  parameters: ['includeDeleted'],
};
const PAGES: PageForm<LedgerRow, string> = { parsePlace: textPlace, place: ({ name }) => name };

@Controller(['v2', 'api/ledger/v2'])
export class LedgerController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly reader: LedgerReader,
  ) {}

  @Get()
  @Scope('ledger:read')
  async list(@Request() request: LedgerRequest) {
    const { tenantId } = request.caller;
    // Nothing is ever deleted; the published client asks all the same.
    request.flag('includeDeleted');
    const question = await toListQuestion(request, LEDGERS);
    const page = await listPage(question, PAGES, (from) => this.reader.list(tenantId, from));
    return viewed(page, page.cursor.data.map(ledgerView));
  }

  @Get(':ledger')
  @Scope('ledger:read')
  async get(@Request() request: LedgerRequest) {
    request.query();
    const { tenantId, ledger } = request.address;
    const row = isLedgerName(ledger) ? await this.reader.find(tenantId, ledger) : undefined;
    if (row === undefined) throw notFound('There is no such ledger');
    return { data: ledgerView(row) };
  }

  @Post(':ledger')
  @HttpCode(204)
  @Scope('ledger:write')
  async open(@Body() body: unknown, @Request() request: LedgerRequest): Promise<void> {
    request.query();
    const { tenantId, ledger } = request.address;
    expectName(ledger);
    const rules = toNewLedger(body);
    expectMaySet(rules, request.caller);
    const opened = await this.ledgers.open(tenantId, ledger, rules);
    if (!opened)
      throw new ProblemException('ledger-already-exists', requestProblems['ledger-already-exists']);
  }
}

/** Rules are the administrator's, whether a ledger is opened with them or gets them later. */
const expectMaySet = ({ strict, accountTypes }: NewLedger, { scopes }: Caller): void => {
  if ((!strict && accountTypes.length === 0) || scopes.includes('ledger:admin')) return;
  const detail = 'The key needs the scope ledger:admin to open a ledger with rules';
  throw new ProblemException('scope-missing', { status: 403, title: 'Not allowed' }, detail);
};

const expectName = (name: string): void => {
  if (isLedgerName(name)) return expectNoCardNumberIn({ ledger: name }, ['path']);
  const msg = 'must be 1 to 63 letters, digits, _ and -, not starting with _';
  throw malformed([{ loc: ['path', 'ledger'], msg, type: 'name' }]);
};
