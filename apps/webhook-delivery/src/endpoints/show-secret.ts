import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { type Caller, CLOCK, RawJson } from '@defter/platform';
import { map, type Observable } from 'rxjs';
import { Secrets } from './secrets.handler.js';

/** A quotation mark inside a text is escaped, so this finds our own member and never a caller's words. */
const SEALED = /(?<!\\)"secret":"([\w.-]+)"/;

/**
 * Puts the secret into the answer where the stored one has its sealed form. It stands around
 * `@Idempotent()`: what is stored stays sealed, and a repetition of the request shows the same secret.
 */
@Injectable()
export class ShowSecret implements NestInterceptor {
  constructor(
    private readonly secrets: Secrets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { caller } = context.switchToHttp().getRequest<{ caller: Caller | null }>();
    return next.handle().pipe(map((answer: unknown) => this.opened(caller?.tenantId, answer)));
  }

  private opened(tenantId: string | undefined, answer: unknown): unknown {
    if (tenantId === undefined || !(answer instanceof RawJson)) return answer;
    const now = this.clock.now().getTime();
    const show = (_: string, sealed: string) =>
      `"secret":${JSON.stringify(this.secrets.open(tenantId, sealed, now))}`;
    return new RawJson(answer.text.replace(SEALED, show));
  }
}
