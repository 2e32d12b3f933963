import { Body, Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { isAddress, type MetadataTarget } from '@defter/ledger-domain';
import { malformed, Scope } from '@defter/platform';
import { bodyReader } from '../body-reader.js';
import { LedgerEngine } from '../ledger-engine.js';
import { LedgerRequest, Request, toKey } from '../ledger-request.js';
import { toTransactionId } from '../transaction-id.js';
import { MetadataInput } from '../transactions/transaction.wire.js';

const read = bodyReader(MetadataInput);

const toTarget = ({ params }: LedgerRequest): MetadataTarget => {
  const { kind, id = '' } = params;
  if (kind === 'transactions') return { kind: 'transaction', id: toTransactionId(id) };
  if (kind === 'accounts' && isAddress(id)) return { kind: 'account', address: id };
  const msg = 'must be /accounts/{address} or /transactions/{id}';
  throw malformed([{ loc: ['path'], msg, type: 'target' }]);
};

@Controller(['v2/:ledger/:kind/:id/metadata', 'api/ledger/v2/:ledger/:kind/:id/metadata'])
export class MetadataController {
  constructor(private readonly engine: LedgerEngine) {}

  @Post()
  @HttpCode(204)
  @Scope('ledger:write')
  async set(@Body() body: unknown, @Request() request: LedgerRequest): Promise<void> {
    request.query('dryRun');
    const command = { type: 'SetMetadata' as const, target: toTarget(request), metadata: read(body) };
    await this.engine.write(request, command, () => undefined);
  }

  @Delete(':key')
  @HttpCode(204)
  @Scope('ledger:write')
  async delete(@Request() request: LedgerRequest): Promise<void> {
    request.query('dryRun');
    const key = toKey(request.params['key'], ['path', 'key']) ?? '';
    const command = { type: 'DeleteMetadata' as const, target: toTarget(request), key };
    await this.engine.write(request, command, () => undefined);
  }
}
