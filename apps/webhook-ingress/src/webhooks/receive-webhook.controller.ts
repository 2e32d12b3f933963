import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { HotPath, Public, RawBody, respond, traceparentOf } from '@defter/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Floods } from '../floods/floods.js';
import { plainHeaders } from '../kept-headers.js';
import { receivingProblems } from '../receiving.problems.js';
import { type Incoming, Receiving } from './receiving.handler.js';

/** Where providers send their webhooks. Public: the signature of the bytes is the credential. */
@Controller('api/v1/payments/webhook')
export class ReceiveWebhookController {
  constructor(
    private readonly receiving: Receiving,
    private readonly floods: Floods,
  ) {}

  @Post(':provider')
  @Public()
  @HotPath()
  receive(
    @Param('provider') provider: string,
    @RawBody() body: Buffer,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer({ provider, connectionId: undefined }, body, request, reply);
  }

  @Post(':provider/:connection')
  @Public()
  @HotPath()
  receiveForConnection(
    @Param() { provider, connection }: { readonly provider: string; readonly connection: string },
    @RawBody() body: Buffer,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer({ provider, connectionId: connection }, body, request, reply);
  }

  /** Each provider wants its own words: two letters `OK`, `[accepted]`, an empty body. */
  private async answer(
    address: Pick<Incoming, 'provider' | 'connectionId'>,
    body: Buffer,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const raw = { path: request.url, headers: plainHeaders(request.headers), body };
    const sent = { raw, source: this.floods.sourceOf(request), traceparent: traceparentOf(request) };
    const receipt = await this.receiving.receive({ ...address, ...sent });
    const said = respond(receipt, receivingProblems, ({ acknowledgement }) => acknowledgement);
    await reply.code(said.status).type(said.contentType).send(said.body);
  }
}
