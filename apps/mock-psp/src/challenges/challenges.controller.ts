import { Controller, Get, Headers, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '@defter/platform';
import { challengePage } from './challenge-page.js';
import { type Challenge, Challenges } from './challenges.handler.js';

/** For payers' browsers, which have no key: the page's name is the secret. */
@Controller('challenge')
export class ChallengesController {
  constructor(private readonly challenges: Challenges) {}

  @Get(':id')
  @Public()
  async page(
    @Param('id') id: string,
    @Headers('accept-language') language: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return show(await this.challenges.find(id), language, reply);
  }

  @Post(':id/approve')
  @Public()
  async approve(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return leave(await this.challenges.answer(id, 'approve'), reply);
  }

  @Post(':id/decline')
  @Public()
  async decline(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return leave(await this.challenges.answer(id, 'decline'), reply);
  }

  /** Nothing is decided: the operation waits, and is declined when its time is over. */
  @Post(':id/abandon')
  @Public()
  async abandon(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return leave(await this.challenges.find(id), reply);
  }
}

/** A browser follows a redirect of a form only to where the page's policy allows forms to go. */
function show(challenge: Challenge, language: string | undefined, reply: FastifyReply): string {
  const { returnUrl } = challenge.operation;
  const targets = returnUrl === null ? "'self'" : `'self' ${new URL(returnUrl).origin}`;
  const sources = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
  const policy = `${sources}; form-action ${targets}`;
  void reply.headers({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'referrer-policy': 'no-referrer',
    vary: 'accept-language',
  });
  return challengePage(challenge, language);
}

/** Back to the merchant, by GET; without an address there, to the page, which says how it ended. */
function leave({ id, operation }: Challenge, reply: FastifyReply): string {
  void reply.code(303).header('location', operation.returnUrl ?? `/challenge/${id}`);
  return '';
}
