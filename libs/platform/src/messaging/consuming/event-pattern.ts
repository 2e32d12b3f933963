import { EventPattern as NestEventPattern, MessagePattern } from '@nestjs/microservices';
import type { HandlerExtras } from './message.js';

/**
 * Nest's `@EventPattern`, whose own type only fits handlers that take `{}`. Marks the one handler of a
 * topic.
 */
export function EventPattern(topic: string, extras: HandlerExtras = {}): MethodDecorator {
  return NestEventPattern<string>(topic, undefined, extras) as MethodDecorator;
}

/** The pattern under which a topic's reader of missed events is registered. */
export function missingPattern(topic: string): string {
  return `${topic}#missing`;
}

/**
 * Marks the method that reads events which a position-mode consumer of the topic has missed, from their
 * owner: `(@Payload() gap: Gap) => Promise<MissedEvent[]>`, exactly `gap.from` to `gap.to` in order, at
 * most 500 at a time.
 */
export function MissingEvents(topic: string): MethodDecorator {
  return MessagePattern(missingPattern(topic));
}
