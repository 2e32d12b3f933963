import type { Transaction } from '../../postgres/transaction.js';

/** Where a message came from and what its sender said about it. */
export interface MessageInfo {
  /** The sender's id of the message, the same in every delivery of it. */
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly tenantId: string;
  readonly subject?: string | undefined;
  readonly key: string;
  readonly time: Date;
  readonly headers: Readonly<Record<string, string>>;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** A message with its body, which the topic's schema accepted. */
export interface ReceivedMessage<T = unknown> extends MessageInfo {
  readonly body: T;
}

/** What `@Ctx()` gives: the transaction that commits together with the mark that the message was applied. */
export interface MessageContext {
  readonly tx: Transaction;
  readonly message: MessageInfo;
}

/** Events of a stream that a consumer in position mode has not seen, both ends included. */
export interface Gap {
  readonly tenantId: string;
  readonly stream: string;
  readonly from: bigint;
  readonly to: bigint;
}

/** An event that was read from its owner instead of the topic. */
export interface MissedEvent {
  readonly id: string;
  readonly type: string;
  readonly time: Date;
  readonly body: unknown;
}

/** A message's place in its gapless stream. */
export interface StreamPlace {
  readonly stream: string;
  readonly sequence: number | bigint;
}

/** How a handler wants its messages: the third argument of `@EventPattern`. */
export interface HandlerExtras {
  readonly mode?: 'message' | 'batch' | 'position';
  /** Position mode: where a message belongs. */
  readonly position?: (body: never) => StreamPlace;
}
