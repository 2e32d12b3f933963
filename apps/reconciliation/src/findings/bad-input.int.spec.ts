import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { faultyBook } from '../testing/faults.js';
import { Stand } from '../testing/stand.js';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start();
  const book = faultyBook(12, 200);
  await stand.know(book.events(), book.ledger);
  stand.shelf.put('2026-01-31', book.text());
  await stand.reconcile();
});
afterAll(() => stand.stop());

/** The state of everything that money or people's decisions depend on. */
const digest = async (): Promise<unknown> =>
  stand.database.database.query(`
    select md5(string_agg(row, ',' order by row)) as digest from (
      select finding::text as row from finding union all select finding_change::text from finding_change
      union all select match::text from match union all select run::text from run
      union all select operation::text from operation
      union all select report_line::text from report_line) everything`);

describe('bad input changes nothing', () => {
  const run = { provider: 'mock-psp', connection_id: 'c_one' };
  const entry = { source: 'fees:losses', destination: 'bank:c_one', amount: '1', asset: 'TRY/2' };
  const cases: readonly [
    what: string,
    method: string,
    path: string,
    options: Parameters<Stand['call']>[2],
    status: number,
    code: string,
  ][] = [
    ['no key', 'GET', '/findings', { as: '' }, 401, 'unauthenticated'],
    ['an unknown key', 'GET', '/findings', { as: 'dk_x' }, 401, 'unauthenticated'],
    ['running without the scope', 'POST', '/run', { as: 'reader', body: run }, 403, 'scope-missing'],
    [
      'resolving without the scope',
      'POST',
      '/findings/fnd_1/resolve',
      { as: 'reader', body: {}, key: 'k' },
      403,
      'scope-missing',
    ],
    ['malformed JSON', 'POST', '/run', { raw: '{"provider":' }, 400, 'malformed'],
    [
      'a field twice',
      'POST',
      '/run',
      { raw: '{"provider":"mock-psp","provider":"mock-psp","connection_id":"c_one"}' },
      400,
      'malformed',
    ],
    ['an unknown field', 'POST', '/run', { body: { ...run, force: true } }, 400, 'malformed'],
    ['no provider', 'POST', '/run', { body: { connection_id: 'c_one' } }, 400, 'malformed'],
    ['a number for a text', 'POST', '/run', { body: { ...run, provider: 7 } }, 400, 'malformed'],
    [
      'a date that is none',
      'POST',
      '/run',
      { body: { ...run, business_on: '2026-02-30' } },
      400,
      'malformed',
    ],
    [
      'an instant without zone',
      'POST',
      '/run',
      { body: { ...run, as_of: '2026-02-01T10:00:00' } },
      400,
      'malformed',
    ],
    [
      'an instant that is still to come',
      'POST',
      '/run',
      { body: { ...run, as_of: '2026-02-10T09:01:01Z' } },
      422,
      'as-of-ahead',
    ],
    [
      'an unknown provider',
      'POST',
      '/run',
      { body: { ...run, provider: 'nobody' } },
      404,
      'provider-unknown',
    ],
    [
      'an unknown connection',
      'POST',
      '/run',
      { body: { ...run, connection_id: 'c_none' } },
      404,
      'connection-unknown',
    ],
    ['an unknown wait', 'POST', '/run?wait=perhaps', { body: run }, 400, 'malformed'],
    ['an unknown filter', 'GET', '/findings?state=open', {}, 400, 'malformed'],
    ['an unknown status', 'GET', '/findings?status=done', {}, 400, 'malformed'],
    ['an unknown type', 'GET', '/findings?type=toString', {}, 400, 'malformed'],
    ['a cursor of nowhere', 'GET', '/findings?cursor=abc', {}, 400, 'malformed'],
    ['a page of nothing', 'GET', '/findings?page_size=0', {}, 400, 'malformed'],
    ['an unknown finding', 'GET', '/findings/fnd_1', {}, 404, 'finding-unknown'],
    ['NUL in an id', 'GET', '/findings/fnd_%00', {}, 404, 'finding-unknown'],
    ['NUL in the id of a run', 'GET', '/runs/run_%00', {}, 404, 'not-found'],
    ['NUL in a filter', 'GET', '/findings?provider=%00', {}, 400, 'malformed'],
    [
      'NUL in the id to resolve',
      'POST',
      '/findings/%00/resolve',
      { body: { resolution: 'relink' }, key: 'c' },
      404,
      'finding-unknown',
    ],
    [
      'a note with NUL',
      'POST',
      '/findings/fnd_1/resolve',
      { raw: '{"resolution":"relink","note":"\\u0000"}', key: 'd' },
      400,
      'malformed',
    ],
    ['an unknown run', 'GET', '/runs/run_1', {}, 404, 'not-found'],
    [
      'resolving without Idempotency-Key',
      'POST',
      '/findings/fnd_1/resolve',
      { body: { resolution: 'psp_dispute' } },
      400,
      'malformed',
    ],
    [
      'resolving an unknown finding',
      'POST',
      '/findings/fnd_1/resolve',
      { body: { resolution: 'psp_dispute' }, key: 'a' },
      404,
      'finding-unknown',
    ],
    [
      'an unknown resolution',
      'POST',
      '/findings/fnd_1/resolve',
      { body: { resolution: 'forget' }, key: 'b' },
      400,
      'malformed',
    ],
    [
      'a proposal without Idempotency-Key',
      'POST',
      '/findings/fnd_1/proposals',
      { body: { resolution: 'write_off', reason: 'r', entries: [entry] } },
      400,
      'malformed',
    ],
    [
      'a proposal about an unknown finding',
      'POST',
      '/findings/fnd_1/proposals',
      { body: { resolution: 'write_off', reason: 'r', entries: [entry] }, key: 'e' },
      404,
      'finding-unknown',
    ],
    [
      'an entry of a wrong account',
      'POST',
      '/findings/fnd_1/proposals',
      { body: { resolution: 'write_off', reason: 'r', entries: [{ ...entry, source: 'a b' }] }, key: 'f' },
      400,
      'malformed',
    ],
    [
      'entries that are none',
      'POST',
      '/findings/fnd_1/proposals',
      { body: { resolution: 'write_off', reason: 'r', entries: ['constructor', null] }, key: 'g' },
      400,
      'malformed',
    ],
    [
      'an approval without what was seen',
      'POST',
      '/findings/fnd_1/proposals/prp_1/approve',
      { body: {}, key: 'h' },
      400,
      'malformed',
    ],
    [
      'NUL in the id of a proposal',
      'POST',
      '/findings/fnd_%00/proposals/%00/take-back',
      { body: { reason: 'r' }, key: 'i' },
      404,
      'finding-unknown',
    ],
    [
      'a link to NUL',
      'POST',
      '/findings/fnd_1/relink',
      { raw: '{"operation_id":"\\u0000"}', key: 'j' },
      400,
      'malformed',
    ],
    [
      'approving with a key that may only read',
      'POST',
      '/findings/fnd_1/proposals/prp_1/approve',
      { body: { payload_hash: '0'.repeat(64) }, key: 'k', as: 'reader' },
      403,
      'scope-missing',
    ],
    ['2 MB', 'POST', '/run', { raw: JSON.stringify({ ...run, provider: 'x'.repeat(2_000_000) }) }, 413, ''],
  ];
  for (const [what, method, path, options = {}, status, code] of cases) {
    it(what, async () => {
      const before = await digest();
      const as = options.as === 'reader' ? { as: stand.tokens.reader } : {};
      const answer = await stand.call(method, path, { ...options, ...as });
      expect([answer.status, answer.body['status']]).toEqual([status, status]);
      if (code !== '') expect(answer.body['code']).toBe(code);
      expect(await digest()).toEqual(before);
    });
  }

  it('a cursor of another list', async () => {
    const { body } = await stand.call('GET', '/findings?page_size=5');
    const answer = await stand.call('GET', `/findings?page_size=5&risk=HIGH&cursor=${String(body['next'])}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed' } });
  });

  it('health is public', async () => {
    const response = await fetch(`${stand.app.url}/api/health`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'healthy' }]);
  });
});
