import assert from 'node:assert/strict';
import { UnreadableWebhook, type ProviderEvent } from '../provider-port.js';
import { type BodyField, fieldsOf, flipped, rewritten, withField } from './body-fields.js';
import { believedOf, type WebhookBench, type WebhookChecks } from './webhook-bench.js';

const oddValues: readonly unknown[] = [
  ...['', ' ', '-1', '1e3', '1.5', '٣', '9'.repeat(400), '\u0000', '\r\n', '__proto__', 'null', '😀'],
  ...[null, true, [], {}, -1, 1.5],
];

/** Which bytes are believed: those that the signature covers, and no others. */
export const fieldChecks: WebhookChecks = {
  'each field changed or taken away: refused, or nothing that is believed changes': (bench) => {
    const genuine = believedOf(bench.read());
    for (const field of fieldsOf(bench.request.body)) {
      for (const value of [flipped(field.value), undefined]) {
        const body = withField(bench.request.body, field, value);
        if (!bench.verify({ body }).valid) continue;
        assert.deepEqual(believedOf(bench.read({ body })), genuine, `${field.path.join('.')} = ${value}`);
      }
    }
  },
  'each signed field changed in any character is refused': (bench) => {
    for (const field of signedFieldsOf(bench)) {
      const text = String(field.value);
      for (let at = 0; at < text.length; at++) {
        const other = text[at] === '0' ? '1' : '0';
        const body = withField(
          bench.request.body,
          field,
          `${text.slice(0, at)}${other}${text.slice(at + 1)}`,
        );
        assert.equal(bench.verify({ body }).valid, false, `${field.name}, character ${at}`);
      }
    }
  },
  'a signed field changed is another unique key, or no event at all': (bench) => {
    const keys = bench.read().map(({ uniqueKey }) => uniqueKey);
    for (const field of signedFieldsOf(bench).filter((each) => isRequired(bench, each))) {
      const events = readOrNothing(bench, withField(bench.request.body, field, flipped(field.value)));
      assert.ok(
        events === undefined || events.some(({ uniqueKey }) => !keys.includes(uniqueKey)),
        `${field.name} changed, and it is a duplicate`,
      );
    }
  },
  'a character moved from one signed field to the next: refused, or a pair that must be known': (bench) => {
    const [genuine] = bench.read();
    for (const [what, body] of shiftsOf(bench)) {
      if (!bench.verify({ body }).valid) continue;
      const [event] = readOrNothing(bench, body) ?? [];
      assert.notEqual(event?.uniqueKey, genuine?.uniqueKey, 'it would make the genuine one a duplicate');
      const { facts } = event ?? {};
      assert.ok(facts === undefined || facts.signedAsPair === true, what);
    }
  },
  'the same content written in another way is the same event': (bench) => {
    const body = rewritten(bench.request.body);
    assert.deepEqual(believedOf(bench.read({ body })), believedOf(bench.read()));
  },
  'odd values anywhere: UnreadableWebhook at most, and never an amount below zero': (bench) => {
    for (const field of fieldsOf(bench.request.body)) {
      for (const value of oddValues) {
        const body = withField(bench.request.body, field, value);
        bench.verify({ body });
        for (const { facts, uniqueKey } of readOrNothing(bench, body) ?? []) {
          assert.notEqual(uniqueKey, '');
          assert.ok((facts?.amountMinor ?? 0n) >= 0n, `${field.path.join('.')} = ${String(value)}`);
          assert.ok(!Object.values(facts ?? {}).includes(''), 'an empty text among the facts');
        }
      }
    }
  },
  'bytes that are no UTF-8, NUL and line ends: no throw but UnreadableWebhook, nothing new believed': (
    bench,
  ) => {
    const { body } = bench.request;
    const genuine = believedOf(bench.read());
    const ends = [[0xff], [0x00], [0x0d, 0x0a], [0xc3, 0x28], [0xef, 0xbb, 0xbf]].map((end) =>
      Buffer.from(end),
    );
    for (const changed of ends.flatMap((end) => [Buffer.concat([body, end]), Buffer.concat([end, body])])) {
      const isValid = bench.verify({ body: changed }).valid;
      const events = readOrNothing(bench, changed);
      if (isValid && events !== undefined) assert.deepEqual(believedOf(events), genuine);
    }
  },
  'a type that nobody knows yet has no facts': ({ typeField = 'type', request, webhook }) => {
    const field = fieldsOf(request.body).find(({ name }) => name === typeField);
    assert.ok(field, 'the sample names the field of its type');
    for (const type of ['something_of_2031', 'toString', 'constructor']) {
      const [event] = webhook.normalize({ ...request, body: withField(request.body, field, type) });
      assert.equal(event?.facts, undefined, type);
      assert.notEqual(event?.uniqueKey, '');
    }
  },
};

const signedFieldsOf = ({ request, signedNames }: WebhookBench): readonly BodyField[] =>
  fieldsOf(request.body).filter(({ name }) => signedNames.includes(name));

/** Whether there is no event without this field: then it belongs to what makes the event the one it is. */
const isRequired = (bench: WebhookBench, field: BodyField): boolean =>
  readOrNothing(bench, withField(bench.request.body, field, undefined)) === undefined;

/** Bodies in which one character went over the border between two signed fields, either way. */
function shiftsOf(bench: WebhookBench): readonly (readonly [what: string, body: Uint8Array])[] {
  const { body } = bench.request;
  const fields = fieldsOf(body);
  const ordered = bench.signedNames
    .map((signed) => fields.find(({ name }) => name === signed))
    .filter((field) => field !== undefined);
  return ordered.slice(1).flatMap((to, index) => {
    const from = ordered[index] ?? to;
    const [left, right] = [String(from.value), String(to.value)];
    const shifted = [
      ...(left === '' ? [] : [[left.slice(0, -1), `${left.slice(-1)}${right}`]]),
      ...(right === '' ? [] : [[`${left}${right.slice(0, 1)}`, right.slice(1)]]),
    ];
    return shifted.map(([one, other]) => [
      `${from.name} and ${to.name}`,
      withField(withField(body, from, one), to, other),
    ]);
  });
}

function readOrNothing(bench: WebhookBench, body: Uint8Array): readonly ProviderEvent[] | undefined {
  try {
    return bench.read({ body });
  } catch (error) {
    assert.ok(error instanceof UnreadableWebhook, String(error));
    return undefined;
  }
}
