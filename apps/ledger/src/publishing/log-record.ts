import { type OutgoingRecord, toHeaders } from '@defter/platform';
import type { EventRecord } from '../engine/submission.js';
import { toLedgerEvent } from './ledger-event.message.js';

/** A committed event as the record that is published for it, whichever way it goes out. */
export const logRecord = (
  topic: string,
  { tenantId, name }: { readonly tenantId: string; readonly name: string },
  record: EventRecord,
): OutgoingRecord => {
  const key = `${tenantId}/${name}`;
  const headers = toHeaders({
    id: `${key}/${record.sequence}`,
    type: record.event.type,
    source: 'ledger',
    tenantId,
    time: new Date(record.recordedAt),
    subject: key,
  });
  return { topic, key, value: JSON.stringify(toLedgerEvent(name, record)), headers };
};
