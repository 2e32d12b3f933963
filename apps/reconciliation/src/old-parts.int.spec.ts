import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { OldParts } from './old-parts.js';
import { statementXml } from './testing/bank.js';
import { Stand } from './testing/stand.js';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start({ env: { FILE_HISTORY: '240h' }, providers: [OldParts] });
});
afterAll(() => stand.stop());

const KEPT = `
  insert into received_file_part (tenant_id, file_id, part_number, bytes, kept_at)
  select $1, $2, n, 'x', clock_timestamp() - $3::interval from generate_series(1, $4::int) n`;

it('bytes go after their history, and after a day when nobody said anything of the file', async () => {
  const { database } = stand.database;
  const { body } = await stand.handIn(
    'camt053',
    's.xml',
    statementXml('s', [{ amount: 1n, on: '2026-01-31' }]),
  );
  const verdict = String(body['id']);
  const [broken, fresh] = ['00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-00000000000f'];
  // More than one statement takes; and of another tenant.
  await database.query(KEPT, ['t_one', broken, '25 hours', 450]);
  await database.query(KEPT, ['t_one', fresh, '23 hours', 1]);
  await database.query(KEPT, ['t_two', broken, '25 hours', 1]);
  const parts = async (tenantId: string) =>
    (
      await database.query<{ file_id: string }>(
        'select distinct file_id from received_file_part where tenant_id = $1',
        [tenantId],
      )
    ).map(({ file_id }) => file_id);
  const old = stand.app.get(OldParts);
  expect(await old.forget('t_one')).toBe(450);
  expect((await parts('t_one')).sort()).toEqual([fresh, verdict].sort());
  expect(await parts('t_two')).toEqual([broken]);
  // Of a file with a verdict the history counts, to the hour.
  await database.query(
    `insert into received_file_part (tenant_id, file_id, part_number, bytes, kept_at)
     values ('t_one', $1, 99, 'x', clock_timestamp() - interval '241 hours'),
            ('t_one', $1, 98, 'x', clock_timestamp() - interval '239 hours')`,
    [verdict],
  );
  expect(await old.forget('t_one')).toBe(1);
  expect(await stand.findings()).toEqual([]);
  expect((await stand.call('GET', `/files/${verdict}`)).body).toMatchObject({ accepted: true });
});
