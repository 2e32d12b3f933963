import { describe, expect, it } from '@jest/globals';
import { Book } from '../book/book.js';
import { refusalOf, request, take } from '../testing/taking.js';
import type { Operation } from './operation.js';

const charge = (book: Book): Operation => take(book, request({ play: 'instant', amountMinor: 1_000n }));
const refund = (providerRef: string, amountMinor: bigint, operationId: string, over: object = {}) =>
  request({ kind: 'refund', parent: providerRef, amountMinor, operationId, ...over });

describe('an authorization', () => {
  const authorize = (book: Book, play = 'instant') =>
    take(book, request({ kind: 'authorize', operationId: 'op_a', play, amountMinor: 1_000n }));
  const capture = (parent: string, amountMinor: bigint, operationId: string, over: object = {}) =>
    request({ kind: 'capture', parent, amountMinor, operationId, play: 'instant', ...over });
  const voided = (parent: string, operationId = 'op_v') =>
    request({ kind: 'void', parent, operationId, play: 'instant' });

  it('is captured in parts, never above itself; a declined capture takes nothing', () => {
    const book = new Book();
    const { providerRef, feeMinor } = authorize(book);
    expect(feeMinor).toBe(0n);
    expect(take(book, capture(providerRef, 600n, 'op_2')).feeMinor).toBe(15n);
    take(book, capture(providerRef, 400n, 'op_3', { play: 'decline' }));
    expect(refusalOf(book, capture(providerRef, 401n, 'op_4'))).toEqual({
      code: 'capture-exceeds-authorization',
      capturableMinor: '400',
    });
    take(book, capture(providerRef, 400n, 'op_4'));
    expect(refusalOf(book, capture(providerRef, 1n, 'op_5'))).toMatchObject({ capturableMinor: '0' });
    expect(refusalOf(book, voided(providerRef))).toMatchObject({ code: 'capture-exceeds-authorization' });
  });

  it('is voided once, also what is left after a capture; nothing is captured then', () => {
    const book = new Book();
    const { providerRef } = authorize(book);
    take(book, capture(providerRef, 600n, 'op_2'));
    take(book, voided(providerRef));
    expect(refusalOf(book, capture(providerRef, 1n, 'op_3'))).toEqual({ code: 'authorization-voided' });
    expect(refusalOf(book, voided(providerRef, 'op_w'))).toEqual({ code: 'authorization-voided' });
  });

  it('only as far as it was approved, and for seven days', () => {
    const book = new Book();
    const { providerRef } = authorize(book, 'partial:50');
    const [sevenDays, later] = [7 * 24 * 3_600_000, 7 * 24 * 3_600_000 + 1];
    expect(refusalOf(book, capture(providerRef, 501n, 'op_2'), 1_000)).toMatchObject({
      capturableMinor: '500',
    });
    expect(refusalOf(book, capture(providerRef, 500n, 'op_2'), sevenDays)).toBeUndefined();
    expect(refusalOf(book, capture(providerRef, 500n, 'op_2'), later)).toMatchObject({
      code: 'authorization-expired',
    });
  });

  it('is what captures and voids are about, and nothing else', () => {
    const book = new Book();
    const paid = charge(book);
    expect(refusalOf(book, capture(paid.providerRef, 1n, 'op_2'))).toEqual({ code: 'charge-not-found' });
    expect(refusalOf(book, request({ kind: 'void', operationId: 'op_2' }))).toEqual({
      code: 'charge-missing',
    });
  });

  it('its captures are refunded through it or one by one, never above either', () => {
    const book = new Book();
    const { providerRef } = authorize(book);
    expect(refusalOf(book, refund(providerRef, 1n, 'op_r'))).toMatchObject({ refundableMinor: '0' });
    const first = take(book, capture(providerRef, 600n, 'op_2'));
    take(book, capture(providerRef, 400n, 'op_3'));
    expect(refusalOf(book, refund(first.providerRef, 601n, 'op_r'))).toMatchObject({
      refundableMinor: '600',
    });
    take(book, refund(providerRef, 700n, 'op_r'));
    expect(refusalOf(book, refund(first.providerRef, 301n, 'op_s'))).toMatchObject({
      refundableMinor: '300',
    });
    take(book, refund(first.providerRef, 300n, 'op_s'));
    expect(refusalOf(book, refund(providerRef, 1n, 'op_t'))).toMatchObject({ refundableMinor: '0' });
  });
});
