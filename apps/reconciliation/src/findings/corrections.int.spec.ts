import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { FindingDetail } from '@defter/reconciliation-contracts';
import { eventually } from '@defter/testing';
import { corrections, runExecution } from '../roles.js';
import { adjustment, CorrectionStand, DIFFERENCE, openOf, walletOf } from '../testing/correction-stand.js';

jest.setTimeout(120_000);

let stand: CorrectionStand;
beforeAll(async () => {
  stand = await CorrectionStand.start(20, { providers: [...runExecution, ...corrections] });
  // A second replica of everything, on the same database.
  await stand.stand.add(['http'], [...runExecution, ...corrections]);
  await stand.stand.reconcile();
});
afterAll(() => stand.stop());

const detail = (answer: { body: unknown }): FindingDetail => answer.body as FindingDetail;
const types = ({ history }: FindingDetail): unknown[] =>
  history.map(({ event }) => (event as { type: string }).type);

describe('two people', () => {
  it('book once what the second one saw, and each leads to the other', async () => {
    const { id } = await stand.findingOf(0);
    const shown = openOf(detail(await stand.propose(id)));
    expect(shown).toMatchObject({ status: 'proposed', proposed_by: 'k_ayse@test', amount_minor: '100' });
    expect(await stand.booked(id)).toEqual([]);
    await stand.approve(shown);
    const finding = await stand.until(id, 'booked');
    const [transaction, ...more] = await stand.booked(id);
    expect(more).toEqual([]);
    expect(transaction).toMatchObject({
      postings: [{ source: 'psp:c_one:receivable', destination: walletOf(0), amount: DIFFERENCE }],
      metadata: {
        ...{
          finding: id,
          finding_type: 'amount_mismatch',
          proposal: shown.id,
          resolution: 'post_adjustment',
        },
        ...{ proposed_by: 'k_ayse@test', approved_by: 'k_mehmet@test', payload_hash: shown.payload_hash },
        reason: 'The provider settled more',
      },
    });
    expect(finding).toMatchObject({
      ...{ status: 'resolved', resolution: 'post_adjustment', corrected_minor: '100' },
      correctable: { amount_minor: '0', asset: 'TRY/2' },
    });
    expect(openOf(finding)).toMatchObject({
      ...{ transaction_id: `${transaction?.id}`, approved_by: 'k_mehmet@test' },
    });
    expect(types(finding)).toEqual([
      ...['FindingRaised', 'FindingProposed', 'FindingProposalApproved', 'FindingBookingBegan'],
      ...['FindingCorrected', 'FindingResolved'],
    ]);
    expect(await stand.wallet(0)).toBe(1_000 + DIFFERENCE);
  });

  it('book once, though many approve at the same time through two replicas', async () => {
    const { id } = await stand.findingOf(1);
    const shown = openOf(detail(await stand.propose(id, adjustment(1))));
    const urls = stand.stand.replicas.map(({ url }) => url);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => stand.approve(shown, { at: urls[index % 2] ?? '' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([
      200,
      ...Array.from({ length: 9 }, () => 409),
    ]);
    await stand.until(id, 'booked');
    expect(await stand.booked(id)).toHaveLength(1);
    expect(await stand.wallet(1)).toBe(1_000 + DIFFERENCE);
  });

  it('are two: neither the proposer nor a machine decides, nobody about what they did not see', async () => {
    const { id } = await stand.findingOf(2);
    const { one, ayse, mehmet, reader, two } = stand.stand.tokens;
    const codeOf = async (answer: ReturnType<typeof stand.propose>) => {
      const { status, body } = await answer;
      return [status, body['code']];
    };
    expect(await codeOf(stand.propose(id, adjustment(2), one))).toEqual([403, 'person-required']);
    expect(await codeOf(stand.propose(id, adjustment(2), reader))).toEqual([403, 'scope-missing']);
    const shown = openOf(detail(await stand.propose(id, adjustment(2))));
    expect(await codeOf(stand.approve(shown, { as: ayse }))).toEqual([403, 'approver-is-proposer']);
    expect(await codeOf(stand.approve(shown, { as: one }))).toEqual([403, 'person-required']);
    expect(await codeOf(stand.approve(shown, { hash: '0'.repeat(64) }))).toEqual([
      409,
      'proposal-not-as-seen',
    ]);
    expect(await codeOf(stand.approve(shown, { as: reader }))).toEqual([403, 'scope-missing']);
    expect((await stand.approve(shown, { as: two })).status).toBe(404);
    expect(await codeOf(stand.propose(id, adjustment(2), mehmet))).toEqual([409, 'proposal-open']);
    const path = `${id}/proposals/${shown.id}`;
    expect(await codeOf(stand.post(`${path}/reject`, { reason: 'r' }, { as: ayse }))).toEqual([
      ...[403, 'approver-is-proposer'],
    ]);
    expect(await codeOf(stand.post(`${path}/withdraw`, { reason: 'r' }, { as: mehmet }))).toEqual([
      ...[403, 'not-the-proposer'],
    ]);
    const rejected = await stand.post(
      `${path}/reject`,
      { reason: 'The fee, not the amount' },
      { as: mehmet },
    );
    expect(detail(rejected)).toMatchObject({ status: 'in_progress' });
    expect(openOf(detail(rejected))).toMatchObject({
      ...{ status: 'rejected', ended_by: 'k_mehmet@test', end_reason: 'The fee, not the amount' },
    });
    expect(await codeOf(stand.approve(shown))).toEqual([409, 'proposal-not-open']);
    expect(await stand.booked(id)).toEqual([]);
  });

  it('are told what they may do, and why not the rest', async () => {
    const { id } = await stand.findingOf(3);
    const actions = async (as: string) =>
      Object.fromEntries(
        (await stand.get(id, as)).allowed_actions.map(({ action, allowed, reason }) => [
          action,
          allowed || reason,
        ]),
      );
    const { ayse, mehmet, reader, one } = stand.stand.tokens;
    expect(await actions(ayse)).toMatchObject({ propose: true, resolve: true });
    expect(await actions(one)).toMatchObject({ propose: 'A person must do this' });
    expect(await actions(reader)).toMatchObject({ propose: 'The key needs the scope findings:resolve' });
    await stand.propose(id, adjustment(3));
    const open = 'A proposal is open: decide about it, or withdraw it, first';
    expect(await actions(ayse)).toMatchObject({
      ...{ approve: 'Whoever proposed cannot decide about it', edit: true, withdraw: true, resolve: open },
    });
    expect(await actions(mehmet)).toMatchObject({
      ...{ approve: true, reject: true, edit: 'Only whoever proposed can do this', propose: open },
    });
  });

  it('have keys of their own: a refusal answers nobody else, nor a mended body', async () => {
    const { ayse, mehmet } = stand.stand.tokens;
    const { id } = await stand.findingOf(11);
    const keyOf = async (action: string, as: string) =>
      (await stand.get(id, as)).allowed_actions.find((each) => each.action === action)?.idempotency_key ?? '';
    const proposing = { as: ayse, key: await keyOf('propose', ayse) };
    const [entry] = adjustment(11).entries;
    const toWorld = { ...adjustment(11), entries: [{ ...entry, destination: 'world' }] };
    for (const body of [adjustment(11, DIFFERENCE + 1), toWorld])
      expect((await stand.post(`${id}/proposals`, body, proposing)).status).toBe(422);
    const proposed = await stand.post(`${id}/proposals`, adjustment(11), proposing);
    expect(proposed.status).toBe(201);
    const shown = openOf(detail(proposed));
    const approving = { as: ayse, key: await keyOf('approve', ayse) };
    expect(await stand.approve(shown, { ...approving, hash: '0'.repeat(64) })).toMatchObject({ status: 403 });
    expect(await stand.approve(shown, approving)).toMatchObject({ status: 403 });
    expect(approving.key).not.toBe(await keyOf('approve', mehmet));
    const wrong = await stand.approve(shown, { ...approving, as: mehmet, hash: '0'.repeat(64) });
    expect(wrong.body).toMatchObject({ code: 'proposal-not-as-seen' });
    const [first, second] = [1, 2].map(() => stand.approve(shown, { ...approving, as: mehmet }));
    expect([(await first)?.status, (await second)?.status]).toEqual([200, 200]);
    await stand.until(id, 'booked');
    expect(await stand.booked(id)).toHaveLength(1);
  });

  it('see bounds: no more than the difference, its own currency, accounts that exist', async () => {
    const { id } = await stand.findingOf(4);
    expect(await stand.propose(id, adjustment(4, DIFFERENCE + 1))).toMatchObject({
      ...{ status: 422, body: { code: 'exceeds-difference', amount: '101', limit: '100' } },
    });
    const [entry] = adjustment(4).entries;
    const reasonsFor = async (change: object, more: object = {}) => {
      const { status, body } = await stand.propose(id, { entries: [{ ...entry, ...change }], ...more });
      expect([status, body['code']]).toEqual([422, 'entries-not-allowed']);
      return (body['faults'] as { reason: string }[]).map(({ reason }) => reason).join();
    };
    expect(await reasonsFor({ asset: 'USD/2' })).toContain('about TRY/2, the entry about USD/2');
    expect(await reasonsFor({ destination: 'users:u4:mian' })).toContain('has ever used users:u4:mian');
    expect(await reasonsFor({ source: 'world' })).toContain('makes no money');
    expect(await reasonsFor({ source: walletOf(4) })).toContain('the same account');
    expect(await reasonsFor({ amount: '0' })).toContain('more than nothing');
    expect(await reasonsFor({}, { resolution: 'write_off' })).toContain('fees:losses');
    const bad = [
      { entries: [] },
      { entries: [{ ...entry, amount: '-1' }] },
      { entries: [{ ...entry, amount: '1.5' }] },
      { entries: [{ ...entry, more: 1 }] },
      { reason: '' },
      { reason: 'card 4242 4242 4242 4242' },
      { resolution: 'psp_dispute' },
    ];
    for (const change of bad) expect((await stand.propose(id, change)).status).toBe(400);
    expect(await stand.get(id)).toMatchObject({ status: 'open', proposals: [] });
  });

  it('start again after an edit: an approval of other entries holds no longer', async () => {
    const { id } = await stand.findingOf(5);
    const shown = openOf(detail(await stand.propose(id, adjustment(5))));
    const { entries } = adjustment(5, 60);
    const edited = await stand.post(
      ...([`${id}/proposals/${shown.id}/edit`, { entries, reason: 'Only a part' }] as const),
      { as: stand.stand.tokens.ayse },
    );
    const next = openOf(detail(edited));
    expect(next).toMatchObject({ revision: 2, amount_minor: '60', status: 'proposed' });
    expect(next.payload_hash).not.toBe(shown.payload_hash);
    expect(await stand.approve(shown)).toMatchObject({ status: 409, body: { code: 'proposal-not-as-seen' } });
    await stand.approve(next);
    // Less than the difference: the rest stays open, and is all that may still be proposed.
    expect(await stand.until(id, 'booked')).toMatchObject({
      ...{ status: 'reopened', corrected_minor: '60', correctable: { amount_minor: '40' } },
    });
    expect((await stand.propose(id, adjustment(5, 41))).body).toMatchObject({ limit: '40' });
    await stand.approve(openOf(detail(await stand.propose(id, adjustment(5, 40)))));
    await eventually(async () => expect(await stand.get(id)).toMatchObject({ status: 'resolved' }));
    expect(await stand.wallet(5)).toBe(1_000 + DIFFERENCE);
  });

  it('have a day: then it expires, and nobody can approve it', async () => {
    const { id } = await stand.findingOf(6);
    const shown = openOf(detail(await stand.propose(id, adjustment(6))));
    expect(Date.parse(shown.expires_at) - Date.parse(shown.proposed_at)).toBe(86_400_000);
    stand.stand.clock.advance(86_400_000);
    const late = await stand.approve(shown);
    expect(['proposal-expired', 'proposal-not-open']).toContain(late.body['code']);
    expect(await stand.until(id, 'expired')).toMatchObject({ status: 'in_progress' });
    expect(await stand.booked(id)).toEqual([]);
  });

  it('hear the ledger’s sentence when it refuses, and may propose anew', async () => {
    const [entry] = adjustment(7).entries;
    await stand.ledger.call('POST', '/main/account-types', stand.stand.tokens.operator, {
      accountTypes: [{ pattern: walletOf(7), closed: true }],
    });
    const { id } = await stand.approved(7);
    const refused = await stand.until(id, 'refused');
    expect(refused).toMatchObject({ status: 'in_progress', corrected_minor: '0' });
    expect(openOf(refused).end_reason).toMatch(/^account-closed: .*closed/);
    const poor = { ...entry, source: 'bank:c_one', destination: walletOf(8) };
    const other = openOf(detail(await stand.propose(id, { entries: [poor] })));
    await stand.approve(other);
    const short = await stand.until(id, 'refused');
    expect(openOf(short).end_reason).toMatch(/^insufficient-funds: /);
    expect(openOf(short).id).toBe(other.id);
    expect(await stand.booked(id)).toEqual([]);
  });

  it('write off what is lost, by the account of losses', async () => {
    const { id } = await stand.findingOf(9);
    const [entry] = adjustment(9).entries;
    const entries = [{ ...entry, source: 'fees:losses', destination: 'psp:c_one:receivable' }];
    const shown = openOf(detail(await stand.propose(id, { resolution: 'write_off', entries })));
    await stand.approve(shown);
    expect(await stand.until(id, 'booked')).toMatchObject({ status: 'resolved', resolution: 'write_off' });
  });
});

describe('the database', () => {
  it('keeps the rule: no approval by the proposer or of something else, no booking without', async () => {
    const { id } = await stand.findingOf(10);
    const shown = openOf(detail(await stand.propose(id, adjustment(10))));
    const query = (sql: string, more: unknown[] = []) =>
      stand.stand.database.database.query(sql, ['t_one', shown.id, ...more]);
    const approve = (by: string, hash: string) =>
      query(
        `insert into proposal_approval (tenant_id, proposal_id, revision, payload_hash, proposed_by,
           approved_by, note, approved_at) values ($1, $2, 1, $3, 'k_ayse@test', $4, '', now())`,
        [hash, by],
      );
    await expect(approve('k_ayse@test', shown.payload_hash)).rejects.toThrow('approval_two_people');
    await expect(approve('k_mehmet@test', '0'.repeat(64))).rejects.toThrow('approval_as_seen');
    const set = (status: string) =>
      query(`update proposal set status = $3 where tenant_id = $1 and proposal_id = $2`, [status]);
    await expect(set('booking')).rejects.toThrow('proposal_approved');
    const forged = query(
      `update proposal set status = 'booking', approved_revision = 1
        where tenant_id = $1 and proposal_id = $2`,
    );
    await expect(forged).rejects.toThrow('proposal_approval');
    const rewritten = query(
      `update proposal_revision set amount = 1 where tenant_id = $1 and proposal_id = $2`,
    );
    await expect(rewritten).rejects.toThrow('permission denied');
    const history = stand.stand.database.database.query(`update finding_change set status = 'open'`);
    await expect(history).rejects.toThrow('permission denied');
  });
});
