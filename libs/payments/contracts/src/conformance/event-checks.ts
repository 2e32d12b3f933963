import assert from 'node:assert/strict';
import { UnreadableWebhook } from '../provider-port.js';
import type { WebhookChecks } from './webhook-bench.js';

/** What is believed. */
export const eventChecks: WebhookChecks = {
  'a connection is named, from whatever bytes without a throw': ({ webhook, request, connectionId }) => {
    assert.equal(webhook.identify(request), connectionId);
    assert.doesNotThrow(() => webhook.identify({ path: '/', headers: {}, body: new Uint8Array([0xff]) }));
  },
  'facts are read as the provider meant them, twice the same': ({ webhook, request, facts }) => {
    const [event, ...others] = webhook.normalize(request);
    assert.deepEqual(others, []);
    assert.deepEqual(event?.facts, facts);
    assert.notEqual(event?.uniqueKey, '');
    assert.deepEqual(webhook.normalize(request), [event]);
  },
  'headers cannot change facts or the unique key': ({ webhook, request }) => {
    const headers = { 'x-amount': '1', amount: '1', 'idempotency-key': 'x', 'webhook-id': 'x' };
    const [event] = webhook.normalize({ ...request, headers: { ...request.headers, ...headers } });
    const [genuine] = webhook.normalize(request);
    assert.deepEqual([event?.facts, event?.uniqueKey], [genuine?.facts, genuine?.uniqueKey]);
  },
  'bytes of another form are UnreadableWebhook': ({ webhook, request }) => {
    const half = request.body.subarray(0, request.body.length / 2);
    for (const body of [new Uint8Array(), new Uint8Array([0xff, 0xfe]), Buffer.from('[]'), half]) {
      assert.throws(() => webhook.normalize({ ...request, body }), UnreadableWebhook);
    }
  },
};
