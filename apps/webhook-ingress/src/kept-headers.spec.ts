import { describe, expect, it } from '@jest/globals';
import { keptHeaders, plainHeaders } from './kept-headers.js';

describe('headers that are stored', () => {
  it('are those that a signature covers and that say how to read the body', () => {
    const kept = {
      'content-type': 'text/plain',
      'webhook-id': '1',
      'stripe-signature': 't=1,v1=a',
      'x-iyz-signature-v3': 'b',
    };
    expect(keptHeaders(kept)).toEqual(kept);
  });

  it('never have credentials, cookies or addresses', () => {
    const secret = {
      authorization: 'Bearer dk_1',
      cookie: 'a=b',
      'x-api-key': 'k',
      'x-forwarded-for': '10.0.0.1',
    };
    expect(keptHeaders(secret)).toEqual({});
  });

  it('are cut to a bounded length', () => {
    expect(keptHeaders({ 'user-agent': 'x'.repeat(9_000) })['user-agent']).toHaveLength(2_000);
  });
});

it('repeated headers become one text', () => {
  expect(plainHeaders({ 'set-cookie': ['a', 'b'], host: 'h', gone: undefined })).toEqual({
    'set-cookie': 'a, b',
    host: 'h',
  });
});
