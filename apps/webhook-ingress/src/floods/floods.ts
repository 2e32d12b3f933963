import { Injectable } from '@nestjs/common';
import type { RawRequest } from '@defter/payments-contracts';
import type { FastifyRequest } from 'fastify';
import type { Connection } from '../connections/connections.read.js';
import { FloodLimits } from './flood-limits.js';
import { FloodMetrics } from './flood-metrics.js';
import { RefusalLog } from './refusal-log.js';
import { Tally } from './tally.js';

/** What requests for no known connection count for. */
export const noConnection = '-';

/** A reason is a label only while it looks like a word: an adapter's free text would be a series for each. */
const reasonWord = /^[a-z][a-z_-]{0,39}$/;

/** Who is told what became of a request's signature: limits, metrics, log and tally. */
@Injectable()
export class Floods {
  constructor(
    private readonly limits: FloodLimits,
    private readonly metrics: FloodMetrics,
    private readonly log: RefusalLog,
    private readonly tally: Tally,
  ) {}

  /** The address that a request counts for. */
  sourceOf({ raw, headers }: FastifyRequest): string {
    const { remoteAddress } = raw.socket;
    return this.limits.sourceOf({ remoteAddress, forwardedFor: headers['x-forwarded-for'] });
  }

  isLimited(source: string, connection: Connection | undefined): boolean {
    return this.limits.isLimited(source, connection?.id ?? noConnection);
  }

  verified(source: string, connection: Connection, keyId: string): void {
    this.limits.verified(source, connection.id);
    this.metrics.countVerified(connection, keyId);
    this.tally.used(connection, keyId);
  }

  /** The signature isn't valid. Costs neither a row nor a log line each; a few are kept as samples. */
  refused(source: string, connection: Connection, reason: string, request: RawRequest): void {
    const word = reasonWord.test(reason) ? reason : 'other';
    this.limits.refused(source, connection.id);
    this.metrics.countRefused(connection, word);
    this.log.refused(connection.id, reason);
    this.tally.refused(connection, { reason: word, source, request });
  }

  unaddressed(source: string): void {
    this.limits.refused(source, noConnection);
    this.metrics.countUnaddressed();
  }

  tooSlow(source: string): void {
    this.limits.refused(source, noConnection);
    this.metrics.countSlow();
  }
}
