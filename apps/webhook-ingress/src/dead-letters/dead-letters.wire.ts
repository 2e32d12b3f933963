import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { HasForm } from '@defter/platform';
import type { DeadLetter } from './dead-letter.read.js';

const IsAnyName = (): PropertyDecorator => HasForm(/^[\w.-]{1,200}$/, '1 to 200 letters, digits, _, - and .');

/** The query of the list. */
export class ListDeadLettersQuery {
  @IsOptional() @IsAnyName() readonly consumer?: string;
  @IsOptional() @IsAnyName() readonly topic?: string;
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
