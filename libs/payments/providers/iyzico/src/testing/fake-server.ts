import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export const merchant = { apiKey: 'sandbox-api-key', secretKey: 'defter-test-secret', merchantId: '3398' };

interface Refund {
  readonly refundTxId: number;
  readonly refundConversationId: string;
  readonly refundPrice: number;
  readonly refundStatus: number;
  readonly currencyCode: string;
}

interface Payment {
  readonly paymentId: number;
  readonly paymentConversationId: string;
  readonly paymentStatus: number;
  readonly price: number;
  readonly paidPrice: number;
  readonly currency: string;
  readonly createdDate: string;
  readonly itemTransactions: readonly { readonly refunds: Refund[] }[];
}

interface Form {
  readonly price: number;
  readonly currency: string;
}

/** How a payer's try at a form ends. */
export interface Try {
  readonly isPaid: boolean;
  readonly paidPrice?: number;
  readonly minutesAgo?: number;
}

export interface FakeIyzico {
  readonly baseUrl: string;
  /** The payer tries to pay at the form of this conversation. */
  pay(conversationId: string, how: Try): void;
  paymentIdOf(conversationId: string): string;
  stop(): Promise<void>;
}

/** What the fake keeps. */
interface Book {
  readonly forms: Map<string, Form>;
  readonly payments: Payment[];
}

/** iyzico as far as the adapter knows it: it checks IYZWSv2, opens forms, and reports what was tried. */
export async function startFakeIyzico(): Promise<FakeIyzico> {
  const book: Book = { forms: new Map(), payments: [] };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const answer = reply(book, request, Buffer.concat(chunks).toString());
        const text = JSON.stringify({ systemTime: Date.now(), locale: 'tr', ...answer });
        response.writeHead(200, { 'content-type': 'application/json' }).end(text);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pay: (conversationId, how) => pay(book, conversationId, how),
    paymentIdOf: (conversationId) => {
      const payment = book.payments.find((row) => row.paymentConversationId === conversationId);
      return `${payment?.paymentId ?? ''}`;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pay(
  { forms, payments }: Book,
  conversationId: string,
  { isPaid, paidPrice, minutesAgo = 0 }: Try,
): void {
  const form = forms.get(conversationId);
  if (form === undefined) throw new Error(`no form of ${conversationId}`);
  payments.push({
    ...{ paymentId: 22_416_035 + payments.length, paymentConversationId: conversationId, ...form },
    ...{
      paymentStatus: isPaid ? 1 : 0,
      paidPrice: paidPrice ?? form.price,
      itemTransactions: [{ refunds: [] }],
    },
    createdDate: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
  });
}

const failure = (errorCode: string, errorMessage: string) => ({ status: 'failure', errorCode, errorMessage });

function reply(book: Book, request: IncomingMessage, text: string): object {
  if (!isSigned(request, text)) return failure('1000', 'Invalid signature');
  const url = new URL(request.url ?? '/', 'http://fake');
  if (url.pathname === '/v2/reporting/payment/details') return report(book, url.searchParams);
  const body = JSON.parse(text) as Record<string, unknown>;
  switch (url.pathname) {
    case '/payment/iyzipos/checkoutform/initialize/auth/ecom':
      return openForm(book, body);
    case '/v2/payment/refund':
      return refund(book, body);
    default:
      return failure('11', 'Invalid request');
  }
}

function isSigned({ headers, url = '' }: IncomingMessage, text: string): boolean {
  const [, proof = ''] = /^IYZWSv2 (.+)$/.exec(headers.authorization ?? '') ?? [];
  const [, apiKey, randomKey = '', signature] =
    /^apiKey:(.*)&randomKey:(.*)&signature:(.*)$/.exec(Buffer.from(proof, 'base64').toString()) ?? [];
  const expected = createHmac('sha256', merchant.secretKey).update(`${randomKey}${url}${text}`).digest('hex');
  return apiKey === merchant.apiKey && randomKey === headers['x-iyzi-rnd'] && signature === expected;
}

function openForm({ forms }: Book, body: Record<string, unknown>): object {
  const { conversationId, price, paidPrice, currency, buyer, basketItems } = body;
  if (typeof conversationId !== 'string' || price !== paidPrice || !Array.isArray(basketItems))
    return failure('5006', 'paidPrice and basketItems must fit');
  if ((buyer as { readonly email?: unknown }).email === 'declined@example.com')
    return failure('10051', 'email is not allowed');
  forms.set(conversationId, { price: Number.parseFloat(String(price)), currency: String(currency) });
  const paymentPageUrl = `https://cpp.example/?token=${conversationId}`;
  return { status: 'success', conversationId, token: `tok-${conversationId}`, paymentPageUrl };
}

function refund({ payments }: Book, body: Record<string, unknown>): object {
  const { paymentId, conversationId, price, currency } = body;
  const payment = payments.find((row) => `${row.paymentId}` === paymentId && row.paymentStatus === 1);
  if (payment === undefined) return failure('5092', 'The payment is not refundable');
  payment.itemTransactions[0]?.refunds.push({
    ...{ refundTxId: payment.paymentId + 1_000_000, refundConversationId: String(conversationId) },
    ...{ refundPrice: Number.parseFloat(String(price)), refundStatus: 1, currencyCode: String(currency) },
  });
  return { status: 'success', conversationId, paymentId };
}

function report({ payments }: Book, query: URLSearchParams): object {
  const found = payments.filter(
    (row) =>
      row.paymentConversationId === query.get('paymentConversationId') ||
      `${row.paymentId}` === query.get('paymentId'),
  );
  return { status: 'success', payments: found };
}
