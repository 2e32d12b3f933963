import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { eventually, freePort } from '@defter/testing';
import { EventPattern } from '../messaging/consuming/event-pattern.js';
import type { ReceivedMessage } from '../messaging/consuming/message.js';
import { Messaging } from '../messaging/messaging.js';
import { deadTopicOf } from '../messaging/topic.js';
import { declare, message } from '../testing/messaging-stand.js';
import { may, overheard, passwordIn, SecuredStand, type TestUser } from '../testing/secured-stand.js';
import { baseConfig, kafkaConfig } from './base-config.js';
import { defineConfig, type ConfigOf } from './config.js';
import { createApp } from './create-app.js';
import type { RunningService, ServiceDefinition } from './definition.js';
import { Lifecycle } from './lifecycle.js';
import { port } from './settings.js';

const heard = declare({ name: 'heard' });
const told = declare({ name: 'told' });
let numbers: number[] = [];

@Controller()
class OnHeardConsumer {
  @EventPattern(heard.name, { mode: 'batch' })
  handle(@Payload() messages: ReceivedMessage<{ n: number }>[]): Promise<void> {
    numbers.push(...messages.map(({ body }) => body.n));
    return Promise.resolve();
  }
}

const config = defineConfig({
  ...baseConfig,
  ...kafkaConfig,
  httpPort: port('HTTP_PORT', 0),
  managementPort: port('MANAGEMENT_PORT', 0),
});
const service: ServiceDefinition<ConfigOf<typeof config>> = {
  name: 'shop',
  config,
  roles: {
    worker: { consumes: [heard], produces: [told], module: () => ({ controllers: [OnHeardConsumer] }) },
  },
};

let stand: SecuredStand;
let shop: TestUser;
beforeAll(async () => {
  // kafkajs shows the password again ten seconds before the broker wants it: after two.
  stand = await SecuredStand.start({ sessionMs: 12_000 });
  await stand.admin.ensureTopics([heard, told]);
  shop = await stand.user('shop', [
    ...[may.read(heard.name), may.write(deadTopicOf(heard.name))],
    ...[may.write(told.name), may.see(deadTopicOf(told.name)), may.groups('shop:')],
  ]);
});
afterAll(() => stand?.stop());

/** As Kubernetes renews a mounted Secret: in one step. */
const writePassword = (password: string): void => {
  writeFileSync(`${shop.passwordFile}.new`, password);
  renameSync(`${shop.passwordFile}.new`, shop.passwordFile);
};
const readiness = async (url: string): Promise<number> => (await fetch(`${url}/readyz`)).status;
const aloud = () => {
  const ears = overheard();
  const env = (more: Record<string, string> = {}) => ({ ...stand.env(shop), ...more });
  return {
    ...ears,
    start: (more = {}) => createApp(service, ['worker'], env(more), { logger: ears.logger }),
  };
};

async function everythingTold(): Promise<number[]> {
  const found: number[] = [];
  const reader = await stand.admin.subscribe({
    group: `reader-${Date.now()}`,
    topics: [told.name],
    deliver: async ({ records, done }) => {
      for (const record of records) {
        found.push((JSON.parse(record.value.toString()) as { n: number }).n);
        await done(record);
      }
    },
    onDeath: () => undefined,
  });
  await eventually(() => expect(found.at(-1)).toBe(LAST));
  await reader.stop();
  return found;
}
const LAST = 99;

describe('a service whose password is wrong', () => {
  it('waits at its start, not ready, says why, and starts once the password is right', async () => {
    const right = passwordIn(shop);
    writePassword('wrong');
    const { start, said } = aloud();
    const managementPort = `${await freePort()}`;
    let ended = false;
    const starting = start({ MANAGEMENT_PORT: managementPort }).finally(() => (ended = true));
    await eventually(() =>
      expect(said()).toContain(
        "Waiting for the broker. Kafka doesn't let the user shop in: its password is another one",
      ),
    );
    expect({ ended, ready: await readiness(`http://127.0.0.1:${managementPort}`) }).toEqual({
      ended: false,
      ready: 503,
    });
    expect(said()).not.toContain('wrong');

    writePassword(right);
    const running = await starting;
    await eventually(async () => expect(await readiness(running.managementUrl)).toBe(200));
    await running.stop();
  });

  it('says so too when it does not trust the certificate, and starts once it has the right CA', async () => {
    const { start, said } = aloud();
    const right = readFileSync(stand.listener.caFile);
    const other = join(stand.dir, 'ca.crt');
    writeFileSync(other, rootCertificates[0] ?? '');
    const starting = start({ KAFKA_CA_FILE: other });
    await eventually(() =>
      expect(said()).toContain("The broker's certificate isn't one that we trust (KAFKA_CA_FILE)"),
    );
    writeFileSync(other, right);
    await (await starting).stop();
  });
});

describe('a password that is changed under a running service', () => {
  let running: RunningService;
  let said: () => string;
  let deaths = 0;
  beforeAll(async () => {
    numbers = [];
    const noisy = aloud();
    said = noisy.said;
    running = await noisy.start();
    running.get(Lifecycle).whenDead(() => (deaths += 1));
    await eventually(async () => expect(await readiness(running.managementUrl)).toBe(200));
  });
  afterAll(() => running?.stop());

  it('cuts it off when connections end: unready, alive, nothing lost; the next file lets it in', async () => {
    const messaging = running.get(Messaging);
    await messaging.publish([message(told, { n: 1 })]);
    await stand.admin.publish([message(heard, { n: 1 })]);
    await eventually(() => expect(numbers).toEqual([1]));

    const next = 'f'.repeat(32);
    await shop.changePassword(next);
    // Connections that are there stay: the password is asked for at new ones only.
    await messaging.publish([message(told, { n: 2 })]);
    await stand.kafka.restart();

    const waiting = messaging.publish([message(told, { n: 3 }), message(told, { n: LAST })]);
    await stand.admin.publish([message(heard, { n: 2 })]);
    await eventually(() => expect(said()).toContain("doesn't let the user shop in"));
    await eventually(() => expect(said()).toContain('The consumer was refused; trying again. Kafka'));
    expect(await readiness(running.managementUrl)).toBe(503);
    expect((await fetch(`${running.managementUrl}/livez`)).status).toBe(200);
    expect(numbers).toEqual([1]);

    writePassword(next);
    await waiting;
    await eventually(() => expect(new Set(numbers)).toEqual(new Set([1, 2])));
    await eventually(async () => expect(await readiness(running.managementUrl)).toBe(200));
    expect(deaths).toBe(0);
    expect(new Set(await everythingTold())).toEqual(new Set([1, 2, 3, LAST]));
  });

  it('cuts it off without any new connection, once its session is over', async () => {
    await eventually(async () => expect(await readiness(running.managementUrl)).toBe(200));
    const last = 'e'.repeat(32);
    await shop.changePassword(last);
    // The consumer asks for records all the time, so it is the first to be asked who it is.
    await eventually(async () => expect(await readiness(running.managementUrl)).toBe(503));
    await stand.admin.publish([message(heard, { n: 3 })]);
    writePassword(last);
    await eventually(() => expect(new Set(numbers)).toEqual(new Set([1, 2, 3])));
    await eventually(async () => expect(await readiness(running.managementUrl)).toBe(200));
    expect(deaths).toBe(0);
  });
});
