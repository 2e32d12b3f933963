import assert from 'node:assert/strict';
import { UnreadableWebhook } from '../provider-port.js';
import type { WebhookChecks } from './webhook-bench.js';

/** What is believed. */
export const eventChecks: WebhookChecks = {
  'a connection is named, from whatever bytes without a throw': ({ webhook, request, connectionId }) => {
    assert.equal(webhook.identify(request), connectionId);
    assert.doesNotThrow(() => webhook.identify({ path: '/', headers: {}, body: new Uint8Array([0xff]) }));
  },
  'facts are read as the provider meant them': ({ read, facts, events: count = 1 }) => {
    const events = read();
    assert.equal(events.length, count);
    assert.deepEqual(events[0]?.facts, facts);
  },
  'each event has a unique key of its own, the same at every delivery': ({ read }) => {
    const events = read();
    const keys = events.map(({ uniqueKey }) => uniqueKey);
    assert.ok(!keys.includes(''));
    assert.equal(new Set(keys).size, keys.length);
    assert.deepEqual(read(), events);
  },
  'reading changes nothing of the request': ({ read, request }) => {
    const before = Buffer.from(request.body).toString('hex');
    read();
    assert.equal(Buffer.from(request.body).toString('hex'), before);
  },
  'headers cannot change facts or the unique key': ({ webhook, request }) => {
    const headers = { 'x-amount': '1', amount: '1', 'idempotency-key': 'x', 'webhook-id': 'x' };
    const [event] = webhook.normalize({ ...request, headers: { ...request.headers, ...headers } });
    const [genuine] = webhook.normalize(request);
    assert.deepEqual([event?.facts, event?.uniqueKey], [genuine?.facts, genuine?.uniqueKey]);
  },
  'bytes of another form are UnreadableWebhook': ({ webhook, request }) => {
    const half = request.body.subarray(0, Math.floor(request.body.length / 2));
    const others = ['[]', '{}', 'null', '0', '"text"', '[[[[', 'a=b&c=d'].map((text) => Buffer.from(text));
    for (const body of [new Uint8Array(), new Uint8Array([0xff, 0xfe]), half, ...others]) {
      assert.throws(() => webhook.normalize({ ...request, body }), UnreadableWebhook);
    }
  },
};
