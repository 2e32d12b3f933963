import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { DeadLetter } from './dead-letter.read.js';

/** The query of the list. */
export class ListDeadLettersQuery {
  @IsOptional() @Matches(/^[\w.-]{1,200}$/) readonly consumer?: string;
  @IsOptional() @Matches(/^[\w.-]{1,200}$/) readonly topic?: string;
  @IsOptional() @IsIn(['true', 'false']) readonly replayed?: 'true' | 'false';
  @IsOptional() @IsString() @MaxLength(300) readonly cursor?: string;
  @IsOptional() @IsString() readonly pageSize?: string;
}

/** A dead letter in a list. */
export function toDeadLetterView(letter: DeadLetter) {
  return {
    id: letter.id,
    topic: letter.topic,
    consumer: letter.consumer,
    reason: letter.reason,
    event_id: letter.eventId,
    webhook_id: letter.requestId,
    died_at: letter.diedAt.toISOString(),
    replayed: letter.replayed,
  };
}
