import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Body, Controller, Post } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Type } from '@sinclair/typebox';
import { eventually, testBroker, testDatabase, type TestDatabase } from '@defter/testing';
import { Idempotent } from '../http/idempotent.js';
import { Caller, Scope } from '../http/route.js';
import { EventPattern } from '../messaging/consuming/event-pattern.js';
import type { MessageContext } from '../messaging/consuming/message.js';
import { enqueue } from '../messaging/producing/outbox.js';
import { outboxRelay } from '../messaging/producing/outbox-provider.js';
import type { TopicDeclaration } from '../messaging/topic.js';
import { Database } from '../postgres/database.js';
import { baseConfig, databaseConfig, kafkaConfig, tenantsConfig } from './base-config.js';
import { defineConfig, type ConfigOf } from './config.js';
import { createApp } from './create-app.js';
import type { RunningService, ServiceDefinition } from './definition.js';
import { port } from './settings.js';
import { keyOf, tenantsFile } from './tenants-file.fixture.js';

const topic: TopicDeclaration = {
  name: `test.notes.${randomUUID()}`,
  key: 'note',
  partitions: 2,
  retentionMs: -1,
  schema: Type.Object({ note: Type.String() }),
};

@Controller('notes')
class NoteController {
  constructor(private readonly database: Database) {}
  @Post()
  @Scope('notes')
  @Idempotent()
  async write(@Body() body: { note: string }, @Caller() { tenantId }: Caller) {
    await this.database.transaction((tx) =>
      enqueue(tx, [
        { tenantId, topic: topic.name, key: body.note, type: 'NoteWritten', body: { note: body.note } },
      ]),
    );
    return { note: body.note };
  }
}

const received: { note: string; tenantId: string; traceparent: string | undefined }[] = [];
@Controller()
class OnNoteConsumer {
  @EventPattern(topic.name)
  async handle(@Payload() { note }: { note: string }, @Ctx() { message }: MessageContext): Promise<void> {
    received.push({ note, tenantId: message.tenantId, traceparent: message.headers['traceparent'] });
  }
}

const config = defineConfig({
  ...baseConfig,
  ...databaseConfig,
  ...kafkaConfig,
  ...tenantsConfig,
  httpPort: port('HTTP_PORT', 0),
  managementPort: port('MANAGEMENT_PORT', 0),
});
const service: ServiceDefinition<ConfigOf<typeof config>> = {
  name: `notes-${randomUUID()}`,
  config,
  roles: {
    http: { http: true, module: () => ({ controllers: [NoteController] }) },
    worker: {
      consumes: [topic],
      produces: [topic],
      module: () => ({ controllers: [OnNoteConsumer], providers: [outboxRelay()] }),
    },
  },
};

let db: TestDatabase;
let running: RunningService;
beforeAll(async () => {
  db = await testDatabase();
  running = await createApp(service, ['http', 'worker'], {
    DATABASE_URL: db.url,
    KAFKA_BROKERS: (await testBroker()).join(','),
    TENANTS_FILE: await tenantsFile([keyOf('t1', ['notes'])]),
    LOG_LEVEL: 'silent',
  });
});
afterAll(async () => {
  await running.stop();
  await db.stop();
});

it('carries a request through database, outbox and broker to a handler, once', async () => {
  await eventually(async () => expect((await fetch(`${running.managementUrl}/readyz`)).status).toBe(200));
  const traceId = 'c'.repeat(32);
  const headers = {
    'content-type': 'application/json',
    authorization: 'Bearer dk_t1',
    'idempotency-key': 'n1',
    traceparent: `00-${traceId}-${'d'.repeat(16)}-01`,
  };
  const write = () => fetch(`${running.url}/notes`, { method: 'POST', headers, body: '{"note":"hello"}' });
  const answers = await Promise.all([write(), write(), write()]);
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  await eventually(() => expect(received.length).toBeGreaterThan(0));
  await eventually(async () => {
    expect(await db.database.query('select 1 from outbox where published_at is null')).toEqual([]);
  });
  expect(received).toEqual([
    { note: 'hello', tenantId: 't1', traceparent: expect.stringContaining(`00-${traceId}-`) },
  ]);
});
