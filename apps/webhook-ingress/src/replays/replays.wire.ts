import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { HasForm, HasNoCardNumber, malformed } from '@defter/platform';
import type { ReplayWish } from './propose-replay.handler.js';
import type { ItemRow, ReplayRow } from './replay-row.js';
import type { Selection } from './selection.js';

const IsAnyName = (options: { each?: boolean } = {}): PropertyDecorator =>
  HasForm(/^[\w.-]{1,200}$/, '1 to 200 letters, digits, _, - and .', options);
const IsInstant = (): PropertyDecorator =>
  HasForm(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/,
    'an instant with its zone, such as 2026-01-31T09:30:00Z',
  );
const IsPlain = (): PropertyDecorator =>
  HasForm(/^[^\p{Cc}\p{Surrogate}]+$/u, 'text without control characters');

class WebhooksSelectionBody {
  @IsOptional() @IsAnyName() readonly provider?: string;
  @IsOptional() @IsAnyName() readonly connection_id?: string;
  @IsOptional()
  @IsIn(['accepted', 'unverified', 'unparseable'])
  readonly status?: 'accepted' | 'unverified' | 'unparseable';
  @IsInstant() readonly received_from!: string;
  @IsInstant() readonly received_to!: string;
}

class DeadLettersSelectionBody {
  @IsOptional() @IsAnyName() readonly consumer?: string;
  @IsOptional() @IsAnyName() readonly topic?: string;
}

/** What a proposal is made of; exactly one of the four selections. */
export class ProposeReplayBody {
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @IsAnyName({ each: true })
  readonly webhook_ids?: string[];
  @IsOptional()
  @ValidateNested()
  @Type(() => WebhooksSelectionBody)
  readonly webhooks?: WebhooksSelectionBody;
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @IsAnyName({ each: true })
  readonly dead_letter_ids?: string[];
  @IsOptional()
  @ValidateNested()
  @Type(() => DeadLettersSelectionBody)
  readonly dead_letters?: DeadLettersSelectionBody;
  @Length(1, 500) @IsPlain() @HasNoCardNumber() readonly reason!: string;
  @IsOptional() @IsInt() @Min(1) @Max(1_000) readonly per_second?: number;
}

/** The hash of what was shown: nobody approves what they didn't see. */
export class ApproveReplayBody {
  @HasForm(/^[0-9a-f]{64}$/, 'the selection_hash as it was shown') readonly selection_hash!: string;
}

/** The query of lists. */
export class ListReplaysQuery {
  @IsOptional() @IsString() @MaxLength(300) readonly cursor?: string;
  @IsOptional() @IsString() readonly pageSize?: string;
}

const usualPerSecond = 10;

/** @throws ProblemException 400 unless exactly one selection is given, and its times are times */
export function toWish({
  reason,
  per_second: perSecond = usualPerSecond,
  ...given
}: ProposeReplayBody): ReplayWish {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const [first, ...more] = entries;
  if (first === undefined || more.length > 0) {
    const msg = 'exactly one of webhook_ids, webhooks, dead_letter_ids and dead_letters is needed';
    throw malformed([{ loc: ['body'], msg, type: 'selection' }]);
  }
  const selection = JSON.parse(JSON.stringify(Object.fromEntries([first]))) as Selection;
  if ('webhooks' in selection) expectSpan(selection.webhooks);
  return { selection, reason, perSecond };
}

function expectSpan({
  received_from: from,
  received_to: to,
}: {
  received_from: string;
  received_to: string;
}): void {
  if (Date.parse(from) < Date.parse(to)) return;
  const msg = 'received_from must be before received_to';
  throw malformed([{ loc: ['body', 'webhooks', 'received_to'], msg, type: 'span' }]);
}

/** A job as people see it. */
export function toReplayView(job: ReplayRow, now: Date) {
  const isExpired = job.status === 'proposed' && now.getTime() >= job.expiresAt.getTime();
  return {
    id: job.id,
    status: isExpired ? 'expired' : job.status,
    reason: job.reason,
    selection: job.selection,
    selection_hash: job.selectionHash,
    per_second: job.perSecond,
    webhook_count: job.itemCount,
    event_count: job.eventCount,
    progress: {
      done: job.done,
      published: job.published,
      skipped: job.skipped,
      left: job.itemCount - job.done,
    },
    requested_by: job.requestedBy,
    proposed_at: job.proposedAt.toISOString(),
    expires_at: job.expiresAt.toISOString(),
    approved_by: job.approvedBy,
    approved_at: job.approvedAt?.toISOString() ?? null,
    changed_by: job.changedBy,
    changed_at: job.changedAt?.toISOString() ?? null,
  };
}

/** What one item would do, and what came of it. */
export function toItemView(item: ItemRow) {
  const events = item.events as readonly {
    eventId?: string;
    providerEventId: string;
    providerType: string;
  }[];
  return {
    ordinal: item.ordinal,
    webhook_id: item.requestId,
    dead_letter_id: item.deadLetterId,
    would: item.would,
    why: item.why,
    events: events.map(({ eventId = null, providerEventId, providerType }) => ({
      ...{ event_id: eventId, provider_event_id: providerEventId, provider_type: providerType },
    })),
    outcome: item.outcome,
    published_events: item.publishedEvents,
    detail: item.detail,
    done_at: item.doneAt?.toISOString() ?? null,
  };
}
