import { createHmac } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const merchant = { id: '100200', key: 'defter-merchant-key', salt: 'defter-merchant-salt' };

interface Order {
  readonly amountMinor: bigint;
  readonly currency: string;
  isPaid: boolean;
  readonly returns: { readonly reference_no: string; readonly return_amount: string }[];
}

export interface FakePaytr {
  readonly baseUrl: string;
  /** The payer pays, another amount where `amountMinor` is given. */
  pay(merchantOid: string, amountMinor?: bigint): void;
  stop(): Promise<void>;
}

const decimal = (minor: bigint): string => `${minor / 100n}.${(minor % 100n).toString().padStart(2, '0')}`;
const hash = (text: string): string => createHmac('sha256', merchant.key).update(text).digest('base64');

/** PayTR as far as the adapter knows it: it checks tokens, keeps orders and tells of paid ones. */
export async function startFakePaytr(): Promise<FakePaytr> {
  const orders = new Map<string, Order>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
        answer(orders, request.url ?? '', form, response);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pay: (merchantOid, amountMinor) => {
      const order = orders.get(merchantOid);
      if (order === undefined) throw new Error(`no order ${merchantOid}`);
      orders.set(merchantOid, { ...order, isPaid: true, amountMinor: amountMinor ?? order.amountMinor });
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Form = Readonly<Record<string, string>>;

function answer(orders: Map<string, Order>, path: string, form: Form, response: ServerResponse): void {
  const say = (body: object): void =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const { merchant_id: id = '', merchant_oid: oid = '', paytr_token: token } = form;
  const signed = (text: string): boolean => id === merchant.id && token === hash(`${text}${merchant.salt}`);
  const order = orders.get(oid);
  if (path === '/odeme/api/get-token') return say(openPage(orders, form, signed));
  if (path === '/odeme/durum-sorgu' && signed(`${id}${oid}`)) return say(stateOf(order));
  if (path === '/odeme/iade' && signed(`${id}${oid}${form['return_amount']}`)) {
    if (order?.isPaid !== true) return say({ status: 'error', err_no: '006', err_msg: 'not paid' });
    order.returns.push({
      reference_no: form['reference_no'] ?? '',
      return_amount: form['return_amount'] ?? '',
    });
    return say({ status: 'success', is_test: 0, merchant_oid: oid, return_amount: form['return_amount'] });
  }
  say({ status: 'error', err_no: '003', err_msg: 'paytr_token is wrong' });
}

function openPage(orders: Map<string, Order>, form: Form, signed: (text: string) => boolean): object {
  const { merchant_id: id, user_ip: ip, merchant_oid: oid = '', email, payment_amount: amount = '' } = form;
  const {
    user_basket: basket,
    no_installment: none,
    max_installment: most,
    currency = '',
    test_mode: test,
  } = form;
  if (!signed(`${id}${ip}${oid}${email}${amount}${basket}${none}${most}${currency}${test}`))
    return { status: 'failed', reason: 'paytr_token is wrong' };
  if (!/^[0-9A-Za-z]+$/.test(oid)) return { status: 'failed', reason: 'merchant_oid must be alphanumeric' };
  if (email === 'declined@example.com') return { status: 'failed', reason: 'email is not allowed' };
  if (!orders.has(oid))
    orders.set(oid, { amountMinor: BigInt(amount), currency, isPaid: false, returns: [] });
  return { status: 'success', token: `tok${oid}` };
}

function stateOf(order: Order | undefined): object {
  if (order?.isPaid !== true) return { status: 'error', err_no: '004', err_msg: 'no successful payment' };
  const amount = decimal(order.amountMinor);
  const { currency, returns } = order;
  return { status: 'success', payment_amount: amount, payment_total: amount, currency, returns };
}
