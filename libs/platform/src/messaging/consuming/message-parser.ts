import type { TSchema } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { fromHeaders } from '../cloud-event.js';
import type { IncomingRecord } from '../messaging.js';
import type { TopicDeclaration } from '../topic.js';
import type { ReceivedMessage } from './message.js';

/** `ignored`: of a type that this program doesn't know yet. `poison`: it can never be handled. */
export type Parsed =
  | { readonly kind: 'message'; readonly message: ReceivedMessage }
  | { readonly kind: 'ignored'; readonly message: ReceivedMessage }
  | { readonly kind: 'poison'; readonly reason: string };

export type Parse = (record: IncomingRecord) => Parsed;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A topic's parser: its schema is compiled once. */
export function parserOf({ schema, unknownTypes }: TopicDeclaration): Parse {
  const compiled = TypeCompiler.Compile(schema);
  const types = unknownTypes === 'poison' ? undefined : typesOf(schema);
  return (record) => {
    const event = fromHeaders(record.headers);
    if ('wrong' in event) return { kind: 'poison', reason: event.wrong };
    const json = readJson(record.value);
    if ('wrong' in json) return { kind: 'poison', reason: json.wrong };
    const { topic, partition, offset, key, headers } = record;
    const message = { ...event, key, headers, topic, partition, offset, body: json.body };
    if (compiled.Check(json.body)) return { kind: 'message', message };
    if (types !== undefined && isUnknownType(json.body, types)) return { kind: 'ignored', message };
    const first = compiled.Errors(json.body).First();
    return {
      kind: 'poison',
      reason: `refused by the schema at ${first?.path || '/'}: ${first?.message ?? 'no match'}`,
    };
  };
}

function readJson(bytes: Buffer): { body: unknown } | { wrong: string } {
  try {
    return { body: JSON.parse(utf8.decode(bytes)) as unknown };
  } catch (error) {
    return { wrong: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/**
 * The values of `type` that a union of messages knows. A newer producer may send others, which are then no
 * poison. Undefined when the schema isn't such a union.
 */
function typesOf(schema: TSchema): ReadonlySet<unknown> | undefined {
  const members = schema['anyOf'] as TSchema[] | undefined;
  const types = members?.flatMap((member) =>
    literalsOf((member['properties'] as Record<string, TSchema> | undefined)?.['type']),
  );
  return types === undefined || types.includes(undefined) ? undefined : new Set(types);
}

function literalsOf(schema: TSchema | undefined): unknown[] {
  const members = schema?.['anyOf'] as TSchema[] | undefined;
  return members === undefined ? [schema?.['const'] as unknown] : members.flatMap(literalsOf);
}

/** Only a text can be a type that a newer producer knows. */
function isUnknownType(body: unknown, known: ReadonlySet<unknown>): boolean {
  const type = typeof body === 'object' && body !== null && 'type' in body ? body.type : undefined;
  return typeof type === 'string' && !known.has(type);
}
