import { Body, Controller, Delete, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { isAddress, type LedgerCommand, type MetadataTarget } from '@defter/ledger-domain';
import { Caller, malformed, Scope } from '@defter/platform';
import type { FastifyReply } from 'fastify';
import { answer } from '../answer.js';
import { bodyReader } from '../body-reader.js';
import { LedgerEngine } from '../ledger-engine.js';
import { toTransactionId } from '../transactions/transaction-id.js';
import { MetadataInput } from '../transactions/transaction.wire.js';
import { keyFromHeader, markAnswer, refuseUnknownQuery } from '../write-request.js';

const read = bodyReader(MetadataInput);

interface Path {
  readonly ledger: string;
  readonly kind: string;
  readonly id: string;
  readonly key: string;
}

const toTarget = ({ kind, id }: Path): MetadataTarget => {
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
  set(
    @Param() path: Path,
    @Body() body: unknown,
    @Query() query: Record<string, string>,
    @Headers('idempotency-key') key: string | undefined,
    @Caller() { tenantId }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    refuseUnknownQuery(query, []);
    const command: LedgerCommand = { type: 'SetMetadata', target: toTarget(path), metadata: read(body) };
    return this.change({ tenantId, ledger: path.ledger }, command, key, reply);
  }

  @Delete(':key')
  @HttpCode(204)
  @Scope('ledger:write')
  delete(
    @Param() path: Path,
    @Query() query: Record<string, string>,
    @Headers('idempotency-key') key: string | undefined,
    @Caller() { tenantId }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    refuseUnknownQuery(query, []);
    const command: LedgerCommand = { type: 'DeleteMetadata', target: toTarget(path), key: path.key };
    return this.change({ tenantId, ledger: path.ledger }, command, key, reply);
  }

  private async change(
    address: { tenantId: string; ledger: string },
    command: LedgerCommand,
    key: string | undefined,
    reply: FastifyReply,
  ): Promise<void> {
    const outcome = await this.engine.submit(address, { command, ...keyFromHeader(key) });
    markAnswer(reply, outcome);
    answer(outcome, () => undefined);
  }
}
