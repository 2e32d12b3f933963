import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG } from '@defter/platform';
import type { Config } from '../config.js';

/** Where a payer's browser finds a challenge: at the configured address, or where the caller found us. */
@Injectable()
export class ChallengeAddress {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  of({ protocol, host }: FastifyRequest): (challengeId: string) => string {
    const { publicUrl = `${protocol}://${host}` } = this.config;
    return (challengeId) => `${publicUrl}/challenge/${challengeId}`;
  }
}
