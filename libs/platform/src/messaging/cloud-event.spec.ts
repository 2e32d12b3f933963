import { describe, expect, it } from '@jest/globals';
import { fromHeaders, toHeaders, type CloudEvent } from './cloud-event.js';

const event: CloudEvent = {
  id: 't_demo/main/7',
  type: 'TransactionCreated',
  source: 'ledger',
  tenantId: 't_demo',
  time: new Date('2026-01-31T09:30:00.123Z'),
  subject: 'main',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

describe('CloudEvents headers', () => {
  it('are those of the Kafka binding in binary mode', () => {
    expect(toHeaders(event)).toEqual({
      ce_specversion: '1.0',
      ce_id: 't_demo/main/7',
      ce_type: 'TransactionCreated',
      ce_source: 'ledger',
      ce_time: '2026-01-31T09:30:00.123Z',
      ce_subject: 'main',
      ce_tenantid: 't_demo',
      'content-type': 'application/json',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
  });

  it('come back as they went', () => {
    expect(fromHeaders(toHeaders(event))).toEqual(event);
    const { subject: _subject, traceparent: _traceparent, ...bare } = event;
    expect(fromHeaders(toHeaders(bare))).toEqual({ ...bare, subject: undefined, traceparent: undefined });
  });

  it.each([
    ['ce_specversion', 'header ce_specversion is not 1.0'],
    ['ce_id', 'header ce_id is missing'],
    ['ce_type', 'header ce_type is missing'],
    ['ce_source', 'header ce_source is missing'],
    ['ce_tenantid', 'header ce_tenantid is missing'],
    ['ce_time', 'header ce_time is not an instant'],
  ])('without %s are wrong', (name, wrong) => {
    expect(fromHeaders({ ...toHeaders(event), [name]: '' })).toEqual({ wrong });
  });
});
