import { IsBoolean, IsInt, IsISO8601, Max, Min, ValidateIf } from 'class-validator';
import { malformed } from '@defter/platform';
import type { Replay } from './replay.js';

const DEFAULT_RATE = 50;

/** Absent is fine, null isn't. */
const IfGiven = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** The body of `POST /v1/webhook_endpoints/{id}/replays`. Both times are when Defter stored the message. */
export class StartReplayBody {
  @IsISO8601({ strict: true, strictSeparator: true }) readonly from!: string;
  @IsISO8601({ strict: true, strictSeparator: true }) readonly to!: string;
  /** Default true: what was delivered stays as it is. */
  @IfGiven() @IsBoolean() readonly only_failed?: boolean;
  @IfGiven() @IsInt() @Min(1) @Max(1_000) readonly rate_per_second?: number;
}

export interface ReplayWish {
  readonly fromAt: Date;
  readonly toAt: Date;
  readonly onlyFailed: boolean;
  readonly rate: number;
}

/** @throws ProblemException 400 for a range that isn't one */
export function toReplayWish(body: StartReplayBody): ReplayWish {
  const [fromAt, toAt] = [new Date(body.from), new Date(body.to)];
  if (!(fromAt.getTime() < toAt.getTime()))
    throw malformed([{ loc: ['body', 'to'], msg: 'to must be after from', type: 'range' }]);
  return { fromAt, toAt, onlyFailed: body.only_failed ?? true, rate: body.rate_per_second ?? DEFAULT_RATE };
}

export function toReplayView(replay: Replay) {
  return {
    id: replay.id,
    endpoint_id: replay.endpointId,
    from: replay.fromAt.toISOString(),
    to: replay.toAt.toISOString(),
    only_failed: replay.onlyFailed,
    rate_per_second: replay.rate,
    state: replay.state,
    /** Everything stored before it has been looked at. */
    done_until: replay.doneAt.toISOString(),
    seen: replay.seen,
    queued: replay.queued,
    started_by: replay.actor,
    created_at: replay.createdAt.toISOString(),
    ended_at: replay.endedAt?.toISOString() ?? null,
  };
}
