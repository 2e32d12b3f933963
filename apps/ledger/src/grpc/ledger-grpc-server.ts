import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Inject, Injectable } from '@nestjs/common';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import {
  type BalanceReply,
  type CreateTransactionRequest,
  type GetBalanceRequest,
  type HoldReply,
  LEDGER_PROTO,
  type PostHoldRequest,
  type RevertReply,
  type RevertRequest,
  type StreamedEvent,
  type StreamEventsRequest,
  type SubmitReply,
  type SubmitRequest,
  type TransactionReply,
  type VoidHoldRequest,
} from '@defter/ledger-contracts';
import { CONFIG, Lifecycle, Logger } from '@defter/platform';
import type { LedgerConfig } from '../config.js';
import { LedgerGrpcMethods } from './ledger-grpc-methods.js';
import { toRefusal, toServiceError } from './status.js';
import { SubmitStream } from './submit-stream.js';

const STOP_LIMIT_MS = 5_000;

const LOADER_OPTIONS = {
  longs: String,
  defaults: true,
  includeDirs: [fileURLToPath(LEDGER_PROTO.directory)],
};

/** The service definition of the ledger's protobuf file. */
export const ledgerServiceDefinition = (): grpc.ServiceDefinition => {
  const loaded = grpc.loadPackageDefinition(loadSync(LEDGER_PROTO.file, LOADER_OPTIONS));
  const at = [...LEDGER_PROTO.package.split('.'), LEDGER_PROTO.service];
  const constructor = at.reduce<unknown>((level, name) => (level as Record<string, unknown>)[name], loaded);
  return (constructor as grpc.ServiceClientConstructor).service;
};

/** Serves `defter.ledger.v1.LedgerService`: the same engine, rules and codes as REST. */
@Injectable()
export class LedgerGrpcServer {
  private readonly server = new grpc.Server();
  private readonly submits = new Set<SubmitStream>();
  /** Where it listens; 0 in the configuration takes a free port. */
  port = 0;

  constructor(
    private readonly methods: LedgerGrpcMethods,
    private readonly logger: Logger,
    lifecycle: Lifecycle,
    @Inject(CONFIG) private readonly config: LedgerConfig,
  ) {
    lifecycle.register({ name: 'grpc', start: () => this.start(), stop: () => this.stop() });
  }

  /** Open streams of commands. */
  get streams(): number {
    return this.submits.size;
  }

  /** Commands of all streams that were read and have no answer yet. */
  get unanswered(): number {
    return [...this.submits].reduce((sum, { open }) => sum + open, 0);
  }

  private async start(): Promise<void> {
    const implementation = {
      createTransaction: this.unary<CreateTransactionRequest, TransactionReply>((call) =>
        this.methods.createTransaction(call.request, call.metadata),
      ),
      postHold: this.unary<PostHoldRequest, HoldReply>((call) =>
        this.methods.postHold(call.request, call.metadata),
      ),
      voidHold: this.unary<VoidHoldRequest, HoldReply>((call) =>
        this.methods.voidHold(call.request, call.metadata),
      ),
      getBalance: this.unary<GetBalanceRequest, BalanceReply>((call) =>
        this.methods.getBalance(call.request, call.metadata),
      ),
      revert: this.unary<RevertRequest, RevertReply>((call) =>
        this.methods.revert(call.request, call.metadata),
      ),
      submit: this.submit,
      streamEvents: this.stream,
    };
    this.server.addService(ledgerServiceDefinition(), implementation);
    this.port = await new Promise<number>((resolve, reject) => {
      const address = `${this.config.httpHost}:${this.config.grpcPort}`;
      this.server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
  }

  private unary<Q, R>(handle: (call: grpc.ServerUnaryCall<Q, R>) => Promise<R>): grpc.handleUnaryCall<Q, R> {
    return (call, callback) => {
      handle(call).then(
        (reply) => callback(null, reply),
        (error: unknown) => callback(toServiceError(error, this.logger)),
      );
    };
  }

  /** Waits for a slow reader rather than filling the memory for it. */
  private readonly stream: grpc.handleServerStreamingCall<StreamEventsRequest, StreamedEvent> = (call) => {
    const send = async (): Promise<void> => {
      for await (const event of this.methods.streamEvents(call.request, call.metadata)) {
        if (call.cancelled) return;
        if (!call.write(event)) await once(call, 'drain');
      }
      call.end();
    };
    send().catch((error: unknown) => call.emit('error', toServiceError(error, this.logger)));
  };

  private readonly submit: grpc.handleBidiStreamingCall<SubmitRequest, SubmitReply> = (call) => {
    const stream = new SubmitStream(call, {
      ...this.methods.submitDesk(call.metadata),
      toRefusal: (error) => toRefusal(error, this.logger),
      toStatus: (error) => toServiceError(error, this.logger),
    });
    this.submits.add(stream);
    // A canceled call is never closed, an ended one is finished first.
    for (const event of ['close', 'cancelled', 'finish']) call.on(event, () => this.submits.delete(stream));
  };

  /** Lets calls in hand finish; what hangs is cut. */
  private stop(): Promise<void> {
    for (const stream of this.submits) stream.close();
    return new Promise((resolve) => {
      const limit = setTimeout(() => this.server.forceShutdown(), STOP_LIMIT_MS);
      this.server.tryShutdown(() => {
        clearTimeout(limit);
        resolve();
      });
    });
  }
}
