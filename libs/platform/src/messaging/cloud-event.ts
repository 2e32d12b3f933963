/**
 * CloudEvents 1.0, binary mode of the Kafka binding: attributes are headers `ce_…`, the body is the value.
 * Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
 */
export interface CloudEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly tenantId: string;
  readonly time: Date;
  readonly subject?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** The headers of an event. `tenantid` is an extension attribute of ours. */
export function toHeaders(event: CloudEvent): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: event.type,
    ce_source: event.source,
    ce_time: event.time.toISOString(),
    ce_tenantid: event.tenantId,
    'content-type': 'application/json',
    ...(event.subject !== undefined && { ce_subject: event.subject }),
    ...(event.traceparent !== undefined && { traceparent: event.traceparent }),
  };
}

/** The event that the headers describe, or what is wrong with them. */
export function fromHeaders(
  headers: Readonly<Record<string, string>>,
): CloudEvent | { readonly wrong: string } {
  const { ce_id: id, ce_type: type, ce_source: source, ce_tenantid: tenantId, ce_time: timeText } = headers;
  if (headers['ce_specversion'] !== '1.0') return { wrong: 'header ce_specversion is not 1.0' };
  if (!id) return { wrong: 'header ce_id is missing' };
  if (!type) return { wrong: 'header ce_type is missing' };
  if (!source) return { wrong: 'header ce_source is missing' };
  if (!tenantId) return { wrong: 'header ce_tenantid is missing' };
  const time = new Date(timeText ?? '');
  if (Number.isNaN(time.getTime())) return { wrong: 'header ce_time is not an instant' };
  return {
    id,
    type,
    source,
    tenantId,
    time,
    subject: headers['ce_subject'],
    traceparent: headers['traceparent'],
  };
}
