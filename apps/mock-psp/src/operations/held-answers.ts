import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** A caller that waits longer than this has no time-out of its own. */
const longestHoldMs = 120_000;

/** Answers that are never given: the connection stays open until the caller leaves. */
@Injectable()
export class HeldAnswers implements OnModuleDestroy {
  private readonly ending = new AbortController();

  /**
   * Resolves when the caller has gone, or after two minutes, or when the service stops; then nothing can be
   * sent.
   */
  async hold(reply: FastifyReply): Promise<void> {
    reply.hijack();
    const { raw } = reply;
    const signal = this.goneOf(reply);
    if (!raw.destroyed) await sleep(longestHoldMs, undefined, { signal }).catch(() => undefined);
    raw.destroy();
  }

  /** Aborts when the caller has gone or the service stops: nobody waits for the answer any more. */
  goneOf({ raw }: FastifyReply): AbortSignal {
    const gone = new AbortController();
    raw.once('close', () => gone.abort());
    return AbortSignal.any([this.ending.signal, gone.signal]);
  }

  /** Before the server closes: it waits for open requests, and these would never end. */
  onModuleDestroy(): void {
    this.ending.abort();
  }
}
