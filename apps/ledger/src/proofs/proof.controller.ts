import { Controller, Get } from '@nestjs/common';
import { Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { toTransactionId } from '../transaction-id.js';
import { inclusionView, toNumber, toOptionalNumber } from './proof.wire.js';
import { Proofs } from './proofs.js';

@Controller(['v2/:ledger', 'api/ledger/v2/:ledger'])
export class ProofController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly proofs: Proofs,
  ) {}

  @Get('transactions/:id/proof')
  @Scope('ledger:read')
  async ofTransaction(@Request() request: LedgerRequest) {
    const size = toOptionalNumber(request.query('checkpoint')['checkpoint'], ['query', 'checkpoint']);
    const id = toTransactionId(request.params['id']);
    const ledger = await this.ledgers.at(request.address);
    return { data: inclusionView(await this.proofs.ofTransaction(ledger, id, size)) };
  }

  @Get('logs/:sequence/proof')
  @Scope('ledger:read')
  async ofLog(@Request() request: LedgerRequest) {
    const size = toOptionalNumber(request.query('checkpoint')['checkpoint'], ['query', 'checkpoint']);
    const sequence = toNumber(request.params['sequence'], ['path', 'sequence']);
    const ledger = await this.ledgers.at(request.address);
    return { data: inclusionView(await this.proofs.ofEvent(ledger, sequence, size)) };
  }
}
