import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BodyLimit, Public, RawBody } from '@defter/platform';
import { CheckoutForms } from './checkout-forms.js';
import { CheckoutPages } from './checkout-pages.js';
import { pageStatus } from './checkout.problems.js';
import { renderAbsent, renderPage } from './page/checkout-page.js';
import { contentPolicy } from './page/page-style.js';
import { type Language, languageOf } from './page/page-texts.js';

interface Address {
  readonly tenant: string;
  readonly token: string;
}

/**
 * The payer's side: pages that work without a script. Whoever knows the address may pay, nobody else finds
 * it. A form is always answered with the way to the page, so that reloading and going back send nothing.
 */
@Controller('checkout/:tenant/:token')
export class CheckoutPageController {
  constructor(
    private readonly pages: CheckoutPages,
    private readonly forms: CheckoutForms,
  ) {}

  @Get()
  @Public()
  async show(@Param() address: Address, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { language, from } = askedBy(request);
    const found = await this.pages.find(address);
    if (found === undefined) return sendAbsent(reply, language);
    const arrival = { fromBank: from === 'bank', chooseFirst: from === 'form' };
    const page = renderPage(this.pages.view(found, language, arrival));
    return send(reply, pageStatus.shown, page);
  }

  @Post()
  @Public()
  @BodyLimit(4_096)
  async pay(
    @Param() address: Address,
    @Req() request: FastifyRequest,
    @RawBody() body: Buffer,
    @Res() reply: FastifyReply,
  ) {
    const { language } = askedBy(request);
    const found = await this.pages.find(address);
    if (found === undefined) return sendAbsent(reply, language);
    return lead(reply, await this.forms.pay(found, body, language));
  }

  @Get('return')
  @Public()
  async comeBack(@Param() address: Address, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { language } = askedBy(request);
    const found = await this.pages.find(address);
    if (found === undefined) return sendAbsent(reply, language);
    return lead(reply, await this.forms.comeBack(found, language));
  }
}

/**
 * What the address asks for beside the page; anything else in it is passed over, as a bank may add its own.
 */
const askedBy = ({
  query,
  headers,
}: FastifyRequest): { readonly language: Language; readonly from: unknown } => {
  const { lang, from } = query as { readonly lang?: unknown; readonly from?: unknown };
  return { language: languageOf(lang, headers['accept-language']), from };
};

const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': contentPolicy,
  // The address is the key to the page: nobody whom it links to learns it.
  'referrer-policy': 'no-referrer',
};

const send = (reply: FastifyReply, status: number, page: string) =>
  void reply.code(status).headers(pageHeaders).send(page);

const sendAbsent = (reply: FastifyReply, language: Language) =>
  send(reply, pageStatus.absent, renderAbsent(language));

const lead = (reply: FastifyReply, path: string) =>
  void reply.code(pageStatus.afterForm).headers({ location: path, 'referrer-policy': 'no-referrer' }).send();
