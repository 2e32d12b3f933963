import { fileURLToPath } from 'node:url';
import { Inject, Injectable } from '@nestjs/common';
import { type Client, credentials, makeClientConstructor, Metadata } from '@grpc/grpc-js';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import type { LedgerEventV1, StreamedEvent, StreamEventsRequest } from '@defter/ledger-contracts';
import { LEDGER_PROTO } from '@defter/ledger-contracts';
import { CONFIG, Fault, Lifecycle } from '@defter/platform';
import type { Config } from '../config.js';

const DEADLINE_MS = 10_000;
const METHOD = 'StreamEvents';

type StreamMethod = MethodDefinition<object, object>;

/** The events of a ledger as the ledger itself keeps them: what a topic lost is still there. */
@Injectable()
export class LedgerEvents {
  private readonly client: Client;
  private readonly method: StreamMethod;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    lifecycle: Lifecycle,
  ) {
    const { directory, file, package: name, service } = LEDGER_PROTO;
    const loaded = loadSync(file, { includeDirs: [fileURLToPath(directory)], longs: String, defaults: true });
    const definition = loaded[`${name}.${service}`];
    if (definition === undefined || 'format' in definition) throw new Error('The contract has no service');
    this.method = definition[METHOD] as StreamMethod;
    this.client = new (makeClientConstructor(definition, service))(
      config.ledgerGrpcUrl,
      credentials.createInsecure(),
    );
    lifecycle.register({
      name: 'ledger-events',
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(this.client.close()),
    });
  }

  /** Events `from` to `to`, both included. @throws Fault while the ledger is away or has not all of them */
  async read(
    tenantId: string,
    ledger: string,
    range: { from: bigint; to: bigint },
  ): Promise<LedgerEventV1[]> {
    const { from, to } = range;
    const limit = parseInt(String(to - from + 1n), 10);
    const events = await this.stream(tenantId, { ledger, afterSequence: String(from - 1n), limit });
    if (events.length === limit) return events;
    throw new Fault(
      'ledger-events-missing',
      `The ledger gave ${events.length} of ${limit} events of ${ledger}`,
    );
  }

  private stream(tenantId: string, request: StreamEventsRequest): Promise<LedgerEventV1[]> {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${this.config.serviceToken}`);
    metadata.set('defter-tenant', tenantId);
    const { path, requestSerialize, responseDeserialize } = this.method;
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + DEADLINE_MS };
      const call = this.client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize as (bytes: Buffer) => StreamedEvent,
        request,
        metadata,
        options,
      );
      const events: LedgerEventV1[] = [];
      call.on('data', ({ body }: StreamedEvent) => events.push(JSON.parse(body) as LedgerEventV1));
      call.on('end', () => resolve(events));
      call.on('error', (cause) => {
        reject(new Fault('ledger-away', `The ledger gave no events: ${cause.message}`, 1, { cause }));
      });
    });
  }
}
