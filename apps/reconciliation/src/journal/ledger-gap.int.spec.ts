import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { LEDGER_PROTO, type LedgerEventV1, LedgerTopics } from '@defter/ledger-contracts';
import { Messaging } from '@defter/platform';
import { eventually, testBroker } from '@defter/testing';
import { Stand } from '../testing/stand.js';

/** The ledger's side of the contract: it has every event, whatever the topic has. */
const stored: LedgerEventV1[] = Array.from({ length: 6 }, (_, index) => ({
  ledger: 'gap',
  sequence: index + 1,
  recordedAt: '2026-02-01T00:00:00.000000Z',
  balances: [],
  type: 'TransactionCreated',
  data: {
    transaction: {
      id: index + 1,
      status: 'posted',
      postings: [{ source: 'world', destination: 'users:1', amount: '5', asset: 'TRY/2' }],
      timestamp: '2026-02-01T00:00:00.000000Z',
      metadata: {},
    },
  },
}));

let stand: Stand;
let server: grpc.Server;
let asked: { tenant: unknown; request: unknown }[] = [];

beforeAll(async () => {
  const includeDirs = [fileURLToPath(LEDGER_PROTO.directory)];
  const loaded = loadSync(LEDGER_PROTO.file, { includeDirs, longs: String, defaults: true });
  const definition = loaded[`${LEDGER_PROTO.package}.${LEDGER_PROTO.service}`] as grpc.ServiceDefinition;
  server = new grpc.Server();
  server.addService(definition, {
    streamEvents: (call: grpc.ServerWritableStream<{ afterSequence: string; limit: number }, object>) => {
      asked = [...asked, { tenant: call.metadata.get('defter-tenant')[0], request: call.request }];
      const from = parseInt(call.request.afterSequence, 10);
      for (const event of stored.slice(from, from + call.request.limit)) {
        call.write({ sequence: String(event.sequence), body: JSON.stringify(event) });
      }
      call.end();
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    const done = (error: Error | null, bound: number) => (error === null ? resolve(bound) : reject(error));
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), done);
  });
  const brokers = await testBroker();
  const env = { KAFKA_BROKERS: brokers.join(), LEDGER_GRPC_URL: `127.0.0.1:${port}` };
  stand = await Stand.start({ roles: ['http', 'worker'], env });
});
afterAll(async () => {
  await stand.stop();
  server.forceShutdown();
});

it('reads what the topic lost from the ledger, and goes on', async () => {
  const send = async (event: LedgerEventV1 | undefined) =>
    stand.app.get(Messaging).publish([
      {
        topic: LedgerTopics.events.name,
        key: 't_one/gap',
        value: JSON.stringify(event),
        headers: {
          ...{ ce_specversion: '1.0', ce_id: `t_one/gap/${event?.sequence}`, ce_type: 'TransactionCreated' },
          ...{ ce_source: 'test', ce_tenantid: 't_one', ce_time: '2026-02-01T00:00:00Z' },
        },
      },
    ]);
  for (const index of [0, 4, 5]) await send(stored[index]);
  await eventually(async () => {
    const { body } = await stand.call('GET', '/summary');
    const { journal } = body['known'] as { journal: { ledger: string; sequence: string }[] };
    expect(journal).toContainEqual({ ledger: 'gap', sequence: '6' });
  });
  const rows = await stand.database.database.query<{ sequence: bigint }>(
    `select sequence from journal_entry where tenant_id = 't_one' and ledger = 'gap' order by sequence`,
  );
  expect(rows.map(({ sequence }) => String(sequence))).toEqual(['1', '2', '3', '4', '5', '6']);
  expect(asked).toEqual([{ tenant: 't_one', request: { ledger: 'gap', afterSequence: '1', limit: 3 } }]);
});
