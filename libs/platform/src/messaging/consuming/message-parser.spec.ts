import { describe, expect, it } from '@jest/globals';
import { Type } from '@sinclair/typebox';
import { toHeaders } from '../cloud-event.js';
import { parserOf, type Parsed } from './message-parser.js';

const created = Type.Object({ type: Type.Literal('Created'), amount: Type.String({ pattern: '^[0-9]+$' }) });
const changed = Type.Object({
  type: Type.Union([Type.Literal('Set'), Type.Literal('Deleted')]),
  id: Type.String(),
});

function parse(
  schema: typeof created | ReturnType<typeof Type.Union>,
  value: string | Buffer,
  more: { unknownTypes?: 'poison' } = {},
): Parsed {
  const topic = { name: 't', key: 'k', partitions: 1, retentionMs: -1, schema, ...more };
  const headers = toHeaders({ id: 'm', type: 'T', source: 's', tenantId: 't_a', time: new Date(0) });
  const place = { topic: 't', partition: 0, offset: 0n, key: 'k', timestamp: new Date(0) };
  return parserOf(topic)({ ...place, headers, value: Buffer.from(value) });
}
const union = Type.Union([created, changed]);

describe('a topic’s parser', () => {
  it('accepts what the schema accepts, members it does not know included', () => {
    const parsed = parse(union, '{"type":"Created","amount":"12","more":1}');
    expect(parsed).toMatchObject({
      kind: 'message',
      message: { id: 'm', tenantId: 't_a', body: { amount: '12', more: 1 } },
    });
    expect(parse(union, '{"type":"Deleted","id":"x"}').kind).toBe('message');
  });

  it('ignores a type that no member of the union knows, unless the topic calls it poison', () => {
    const invented = '{"type":"Invented","anything":true}';
    expect(parse(union, invented).kind).toBe('ignored');
    expect(parse(union, invented, { unknownTypes: 'poison' }).kind).toBe('poison');
  });

  it.each([
    ['a known type with a wrong body', '{"type":"Created","amount":"1.5"}'],
    ['a type that is no text', '{"type":7}'],
    ['no type', '{"amount":"12"}'],
    ['no object', '12'],
    ['half a document', '{"type":"Created"'],
    ['text behind the document', '{"type":"Created","amount":"1"} x'],
    ['nothing', ''],
  ])('takes %s for poison', (_, text) => {
    expect(parse(union, text).kind).toBe('poison');
  });

  it('takes bytes that are no UTF-8 for poison, rather than replacing them', () => {
    expect(parse(union, Buffer.from([0x22, 0xff, 0x22])).kind).toBe('poison');
  });

  it('takes an unknown type for poison where the schema is no union', () => {
    expect(parse(created, '{"type":"Invented"}').kind).toBe('poison');
  });
});
