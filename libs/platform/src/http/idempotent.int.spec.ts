import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { IsString } from 'class-validator';
import { testDatabase, type TestDatabase } from '@defter/testing';
import { Database } from '../postgres/database.js';
import { TryAgain } from '../postgres/database-errors.js';
import { baseConfig, databaseConfig, tenantsConfig } from '../service/base-config.js';
import { defineConfig, type ConfigOf } from '../service/config.js';
import { createApp } from '../service/create-app.js';
import type { RunningService, ServiceDefinition } from '../service/definition.js';
import { port } from '../service/settings.js';
import { keyOf, tenantsFile } from '../service/tenants-file.fixture.js';
import { Idempotent } from './idempotent.js';
import { IsAmount } from './validators.js';
import { Fault, respond } from './problem.js';
import { Caller, Scope } from './route.js';

class PayBody {
  @IsString() to!: string;
  @IsAmount() amount!: bigint;
}
const problems = {
  'insufficient-funds': { status: 409, title: 'Not enough funds' },
  'approver-is-requester': { status: 403, title: 'Whoever asked cannot approve' },
  'attempt-in-progress': { status: 409, title: 'Another one is under way', isPassing: true },
} as const;

@Controller('payments')
class PayController {
  private conflicts = 0;
  private readonly refused = new Set<string>();
  constructor(private readonly database: Database) {}

  @Post()
  @HttpCode(201)
  @Scope('pay')
  @Idempotent()
  async pay(@Body() { to, amount }: PayBody, @Caller() caller: Caller) {
    // Joins the interceptor's transaction; its row is the effect that the tests count.
    await this.database.query('insert into payment values ($1, $2, $3)', [caller.tenantId, to, amount]);
    if (to === 'fault') throw new Fault('ledger-away', 'away');
    if (to === 'bug') throw new Error('bug');
    if (to === 'conflict' && this.conflicts++ === 0) throw new TryAgain('somebody was in the way');
    if (to === 'passing' && !this.refused.has(to)) {
      this.refused.add(to);
      const refusal = { code: 'attempt-in-progress' } as const;
      return respond({ accepted: false, refusal } as const, problems, () => undefined);
    }
    if (to === 'person' && !this.refused.has(to)) {
      this.refused.add(to);
      const refusal = { code: 'approver-is-requester' } as const;
      return respond({ accepted: false, refusal } as const, problems, () => undefined);
    }
    const outcome =
      amount > 10n ** 30n
        ? ({
            accepted: false,
            refusal: { code: 'insufficient-funds', shortBy: amount - 10n ** 30n },
          } as const)
        : ({ accepted: true, amount } as const);
    return respond(outcome, problems, ({ amount: paid }) => ({ to, paid }));
  }
}

const config = defineConfig({
  ...baseConfig,
  ...databaseConfig,
  ...tenantsConfig,
  httpPort: port('HTTP_PORT', 0),
  managementPort: port('MANAGEMENT_PORT', 0),
});
const service: ServiceDefinition<ConfigOf<typeof config>> = {
  name: 'example',
  config,
  roles: { http: { http: true, module: () => ({ controllers: [PayController] }) } },
};

let db: TestDatabase;
let replicas: RunningService[] = [];

beforeAll(async () => {
  db = await testDatabase();
  const owner = new Database({ url: db.adminUrl, name: 'arrange', logger: { warn: () => undefined } });
  await owner.query('create table payment (tenant_id text, receiver text, amount numeric)');
  await owner.query('grant select, insert on payment to public');
  await owner.close();
  const file = await tenantsFile([keyOf('t1', ['pay']), keyOf('t2', ['pay'])]);
  const env = { TENANTS_FILE: file, DATABASE_URL: db.url, LOG_LEVEL: 'silent' };
  replicas = await Promise.all([createApp(service, ['http'], env), createApp(service, ['http'], env)]);
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await db.stop();
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly hit: string | null;
  readonly type: string | null;
}
async function pay(
  key: string | undefined,
  body: string,
  { replica = 0, tenant = 't1' } = {},
): Promise<Answer> {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer dk_${tenant}`,
    ...(key !== undefined && { 'idempotency-key': key }),
  };
  const response = await fetch(`${replicas[replica]?.url}/payments`, { method: 'POST', headers, body });
  const { status } = response;
  const text = await response.text();
  return {
    status,
    text,
    hit: response.headers.get('idempotency-hit'),
    type: response.headers.get('content-type'),
  };
}
const effects = async (receiver: string) =>
  (await db.database.query('select 1 from payment where receiver = $1', [receiver])).length;
const keys = async (key: string) =>
  (await db.database.query('select 1 from idempotency_key where key = $1', [key])).length;

describe('@Idempotent()', () => {
  it('gives the same key one effect and one answer, in any order of fields, exact beyond 2^53', async () => {
    const first = await pay('k1', '{"to":"a","amount":90071992547409931}');
    const second = await pay('k1', '{ "amount": 90071992547409931, "to": "a" }', { replica: 1 });
    expect(first).toMatchObject({ status: 201, text: '{"to":"a","paid":90071992547409931}', hit: null });
    expect(second).toEqual({ ...first, hit: 'true' });
    expect(await effects('a')).toBe(1);
  });

  it('refuses the key with another body', async () => {
    await pay('k2', '{"to":"b","amount":1}');
    const other = await pay('k2', '{"to":"b","amount":2}');
    expect({ ...other, text: JSON.parse(other.text) }).toMatchObject({
      status: 422,
      text: { code: 'idempotency_key_reused' },
    });
    expect(await effects('b')).toBe(1);
  });

  it('takes no card number for a new key, and answers under one that it took before', async () => {
    const [before, now] = ['4242424242424242', '5555-5555-5555-4444'];
    const body = '{"to":"card","amount":1}';
    const first = await pay('k-card', body);
    await db.database.query(
      `insert into idempotency_key (tenant_id, key, fingerprint, status, body)
       select tenant_id, $1, fingerprint, status, body from idempotency_key where key = 'k-card'`,
      [before],
    );
    expect(await pay(before, body)).toEqual({ ...first, hit: 'true' });
    const refused = await pay(now, body);
    expect([refused.status, JSON.parse(refused.text).errors]).toEqual([
      400,
      [
        {
          ...{ loc: ['header', 'idempotency-key'], type: 'card-number' },
          msg: expect.stringMatching(/no card number/),
        },
      ],
    ]);
    expect(refused.text).not.toContain(now);
    expect([await effects('card'), await keys(now)]).toEqual([1, 0]);
  });

  it('keeps tenants apart', async () => {
    expect((await pay('k3', '{"to":"c","amount":1}')).status).toBe(201);
    expect(await pay('k3', '{"to":"c","amount":2}', { tenant: 't2' })).toMatchObject({
      status: 201,
      hit: null,
    });
    const again = await pay('k3', '{"to":"c","amount":2}', { tenant: 't2' });
    expect(again).toMatchObject({ status: 201, hit: 'true', text: '{"to":"c","paid":2}' });
    expect(await effects('c')).toBe(2);
  });

  it('has one effect when twenty come at once through two replicas', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => pay('k4', '{"to":"d","amount":1}', { replica: index % 2 })),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['201 {"to":"d","paid":1}']),
    );
    expect(answers.filter(({ hit }) => hit === null)).toHaveLength(1);
    expect(await effects('d')).toBe(1);
  });

  it('says so when a request with the key is under way for longer than locks are waited for', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const body = '{"to":"slow","amount":1}';
    const key = ['t1', 'k-slow', Buffer.from('other')];
    let undone: Promise<void> = Promise.resolve();
    await new Promise<void>((taken) => {
      const holding = db.database.transaction(async (tx) => {
        await tx.query('insert into idempotency_key (tenant_id, key, fingerprint) values ($1, $2, $3)', key);
        taken();
        await finished;
        throw new Error('undone');
      });
      undone = expect(holding).rejects.toThrow('undone');
    });
    const meanwhile = await pay('k-slow', body);
    expect({ status: meanwhile.status, body: JSON.parse(meanwhile.text) }).toMatchObject({
      status: 409,
      body: { code: 'idempotency_in_progress' },
    });
    finish();
    await undone;
    expect(await pay('k-slow', body)).toMatchObject({ status: 201, hit: null });
    expect(await effects('slow')).toBe(1);
  });

  it('stores a refusal and undoes its writes', async () => {
    const body = `{"to":"e","amount":1${'0'.repeat(28)}05}`;
    const first = await pay('k5', body);
    expect({ ...first, text: JSON.parse(first.text) }).toMatchObject({
      status: 409,
      type: 'application/problem+json; charset=utf-8',
      text: { code: 'insufficient-funds', shortBy: 5 },
    });
    expect(await pay('k5', body)).toEqual({ ...first, hit: 'true' });
    expect(await effects('e')).toBe(0);
  });

  it.each([
    ['that passes by itself', 'passing', 409, 'attempt-in-progress'],
    ['of the person, which is no answer to another one', 'person', 403, 'approver-is-requester'],
  ])('stores no refusal %s: the same key decides anew', async (_, to, status, code) => {
    const body = `{"to":"${to}","amount":1}`;
    const first = await pay(`k-${to}`, body);
    expect(first).toMatchObject({ status, hit: null });
    expect(JSON.parse(first.text)).toMatchObject({ code });
    expect(await effects(to)).toBe(0);
    expect(await pay(`k-${to}`, body)).toMatchObject({ status: 201, hit: null });
    expect(await pay(`k-${to}`, body)).toMatchObject({ status: 201, hit: 'true' });
    expect(await effects(to)).toBe(1);
  });

  it('runs the handler again when the transaction conflicted', async () => {
    expect(await pay('k6', '{"to":"conflict","amount":1}')).toMatchObject({ status: 201, hit: null });
    expect(await effects('conflict')).toBe(1);
  });

  it.each([
    ['fault', '{"to":"fault","amount":1}', 503],
    ['bug', '{"to":"bug","amount":1}', 500],
    ['malformed', '{"to":"malformed","amount":-1}', 400],
  ])('stores nothing after a %s, so that the key can be tried again', async (name, body, status) => {
    expect((await pay(`k-${name}`, body)).status).toBe(status);
    expect(await effects(name)).toBe(0);
    expect(await keys(`k-${name}`)).toBe(0);
    expect(await pay(`k-${name}`, `{"to":"after ${name}","amount":1}`)).toMatchObject({
      status: 201,
      hit: null,
    });
  });

  it.each([undefined, '', 'with space', 'x'.repeat(256), 'ü'])('refuses the key %s', async (key) => {
    const answer = await pay(key === 'ü' ? 'Ã¼' : key, '{"to":"f","amount":1}');
    expect({ status: answer.status, body: JSON.parse(answer.text) }).toMatchObject({
      status: 400,
      body: { code: 'malformed', errors: [{ loc: ['header', 'idempotency-key'] }] },
    });
    expect(await effects('f')).toBe(0);
  });
});
