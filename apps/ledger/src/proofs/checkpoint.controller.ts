import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Public, Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { listPage, numberPlace, type PageForm, viewed } from '../list-page.js';
import { type ListForm, toListQuestion } from '../list-question.js';
import { CheckpointKeys } from './checkpoint-keys.js';
import { CheckpointReader, type CheckpointRow } from './checkpoint.read.js';
import { checkpointView, consistencyView, keyView, toEarlier, toNumber } from './proof.wire.js';
import { Proofs } from './proofs.js';

const CHECKPOINTS: ListForm = {
  kind: 'checkpoints',
  fields: {},
  sorts: [],
  usualOrder: () => ({ column: 'size', descending: true }),
};
const PAGES: PageForm<CheckpointRow, number> = { parsePlace: numberPlace, place: ({ size }) => size };

@Controller(['v2/:ledger/checkpoints', 'api/ledger/v2/:ledger/checkpoints'])
export class CheckpointController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly checkpoints: CheckpointReader,
    private readonly proofs: Proofs,
  ) {}

  @Get()
  @Scope('ledger:read')
  async list(@Request() request: LedgerRequest) {
    const question = await toListQuestion(request, CHECKPOINTS);
    const { ledgerId } = await this.ledgers.at(request.address);
    const page = await listPage(question, PAGES, (from) => this.checkpoints.page(ledgerId, from));
    return viewed(page, page.cursor.data.map(checkpointView));
  }

  @Post()
  @HttpCode(200)
  @Scope('ledger:write')
  async sign(@Request() request: LedgerRequest) {
    request.query();
    const ledger = await this.ledgers.at(request.address);
    return { data: checkpointView(await this.proofs.signNow(ledger)) };
  }

  @Get(':size')
  @Scope('ledger:read')
  async get(@Request() request: LedgerRequest) {
    request.query();
    const size = toNumber(request.params['size'], ['path', 'size']);
    const ledger = await this.ledgers.at(request.address);
    return { data: checkpointView(await this.proofs.checkpoint(ledger, size)) };
  }

  @Get(':size/consistency')
  @Scope('ledger:read')
  async consistency(@Request() request: LedgerRequest) {
    const { from: earlier } = request.query('from');
    const to = toNumber(request.params['size'], ['path', 'size']);
    const from = toEarlier(earlier, to);
    const ledger = await this.ledgers.at(request.address);
    return { data: consistencyView(await this.proofs.consistency(ledger, from, to)) };
  }
}

/** Anyone may read the public keys; an auditor takes them from a place that the operator can't change. */
@Controller(['v2/_checkpoint-keys', 'api/ledger/v2/_checkpoint-keys'])
export class CheckpointKeyController {
  constructor(private readonly keys: CheckpointKeys) {}

  @Get()
  @Public()
  list() {
    return { data: this.keys.all.map((key) => keyView(key, key.id === this.keys.signer?.id)) };
  }
}
