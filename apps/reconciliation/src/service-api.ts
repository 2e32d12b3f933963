import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, exchange, Fault, JsonError, parseJson } from '@defter/platform';
import type { Config } from './config.js';

const LIMIT_BYTES = 16 * 1_024 * 1_024;

/** What another service of ours is asked, for a tenant. */
export interface Question {
  readonly tenantId: string;
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly timeoutMs?: number;
}

/** REST of the other services, with this service's token. */
@Injectable()
export class ServiceApi {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /**
   * The answer's JSON, its numbers unharmed; undefined for 404. @throws Fault when there is no answer, or
   * another than was to be expected
   */
  async ask(question: Question): Promise<unknown> {
    const { status, body } = await this.fetch(question);
    if (status === 404) return undefined;
    if (status !== 200) throw new Fault('service-refused', `${question.url} answered ${status}`);
    try {
      return parseJson(body);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      throw new Fault('service-unreadable', `${question.url} answered no JSON`, 1, { cause: error });
    }
  }

  /** The answer's lines, each a JSON document of its own. @throws Fault as `ask` */
  async lines(question: Question): Promise<unknown[]> {
    const { status, body } = await this.fetch(question);
    if (status !== 200) throw new Fault('service-refused', `${question.url} answered ${status}`);
    const texts = body.toString('utf8').split('\n');
    return texts.filter((text) => text.trim() !== '').map((text) => parseJson(text));
  }

  private async fetch({ tenantId, url, method = 'GET', timeoutMs }: Question) {
    const answer = await exchange({
      ...{ method, url, timeoutMs: timeoutMs ?? this.config.serviceTimeoutMs, limitBytes: LIMIT_BYTES },
      headers: { authorization: `Bearer ${this.config.serviceToken}`, 'defter-tenant': tenantId },
    });
    if (answer.outcome === 'answered') return answer;
    throw new Fault('service-away', `${url} gave no answer: ${answer.reason}`);
  }
}
