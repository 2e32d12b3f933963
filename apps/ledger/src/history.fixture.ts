/** Random histories of a ledger, played over its public API, for the tests of what is made from events. */
import fc from 'fast-check';
import type { TestLedger } from './ledger.fixture.js';

/** An element of a bulk. */
export interface Step {
  readonly action: string;
  readonly ik?: string;
  readonly data: object;
}

const ACCOUNTS = ['world', 'users:1', 'users:2:main', 'fees', 'Zoo-9_x'];
const ASSETS = ['TRY/2', 'JPY'];

const posting = fc.record({
  source: fc.constantFrom(...ACCOUNTS),
  destination: fc.constantFrom(...ACCOUNTS),
  asset: fc.constantFrom(...ASSETS),
  // Zero, usual ones, and some far beyond what a double can hold.
  amount: fc.oneof(
    { weight: 1, arbitrary: fc.constant('0') },
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 900 }).map(String) },
    { weight: 1, arbitrary: fc.constant('123456789012345678901234567890') },
  ),
});
const metadata = fc.dictionary(
  fc.constantFrom('a', 'b', 'ü "quoted" \\'),
  fc.constantFrom('', '1', 'x\\y\n'),
  {
    maxKeys: 2,
  },
);
const id = fc.integer({ min: 1, max: 12 });
const key = fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined });

const create = fc
  .record({
    postings: fc.array(posting, { minLength: 1, maxLength: 4 }),
    metadata,
    status: fc.constantFrom(undefined, undefined, 'pending'),
    reference: fc.constantFrom(undefined, undefined, 'r1', 'r 2', 'r3'),
    accountMetadata: fc.option(fc.dictionary(fc.constantFrom('fees', 'notes:1'), metadata, { maxKeys: 2 }), {
      nil: undefined,
    }),
    timestamp: fc.constantFrom(undefined, '2020-02-29T10:00:00.5Z'),
    force: fc.constantFrom(undefined, undefined, true),
  })
  .map((data) => ({ action: 'CREATE_TRANSACTION', data }));
const revert = fc.record({ id }).map((data) => ({ action: 'REVERT_TRANSACTION', data }));
const end = fc.record({ id }).map((data) => ({ action: 'VOID_HOLD', data }));
const capture = fc
  .record({
    id,
    amounts: fc.option(
      fc
        .tuple(fc.constantFrom(...ACCOUNTS), fc.constantFrom(...ASSETS), fc.integer({ min: 0, max: 9 }))
        .map(([source, asset, amount]) => [{ source, asset, amount }]),
      { nil: undefined },
    ),
    remainder: fc.constantFrom('keep', 'release'),
  })
  .map((data) => ({ action: 'POST_HOLD', data }));
const target = fc.oneof(
  id.map((targetId) => ({ targetType: 'TRANSACTION', targetId })),
  fc.constantFrom('fees', 'users:1', 'quiet').map((targetId) => ({ targetType: 'ACCOUNT', targetId })),
);
const set = fc
  .tuple(target, metadata)
  .map(([to, content]) => ({ action: 'ADD_METADATA', data: { ...to, metadata: content } }));
const unset = fc
  .tuple(target, fc.constantFrom('a', 'b'))
  .map(([from, name]) => ({ action: 'DELETE_METADATA', data: { ...from, key: name } }));

const step: fc.Arbitrary<Step> = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: create },
      { weight: 2, arbitrary: revert },
      { weight: 2, arbitrary: end },
      { weight: 3, arbitrary: capture },
      { weight: 2, arbitrary: set },
      { weight: 1, arbitrary: unset },
    ),
    key,
  )
  .map(([element, ik]) => (ik === undefined ? element : { ...element, ik: `k-${ik}` }));

/** Bulks of commands, many of which are refused. */
export const histories: fc.Arbitrary<Step[][]> = fc.array(fc.array(step, { minLength: 1, maxLength: 10 }), {
  minLength: 1,
  maxLength: 6,
});

/** Plays a history: each bulk is one commit. Answers the texts of the answers. */
export const play = async (ledger: TestLedger, name: string, history: Step[][]): Promise<string[]> => {
  const texts: string[] = [];
  for (const body of history) {
    const answer = await ledger.call('POST', `/v2/${name}/_bulk?continueOnFailure=true`, { body });
    if (![200, 400].includes(answer.status) || answer.body.data === undefined) throw new Error(answer.text);
    texts.push(answer.text);
  }
  return texts;
};
