import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT, SERVICES } from '@defter/embedded';
import { topicNamed } from './topic-registry.js';

/** Topics that each service's worker consumes; read from its declaration, as no tool may import it. */
export function consumedTopics(): Record<string, string[]> {
  return declared('consumes');
}

/** Topics that each service publishes to. */
export function producedTopics(): Record<string, string[]> {
  return declared('produces');
}

/** Topics whose dead letters each service reads, in the group `<service>-dead-letters`. */
export function deadLettersRead(): Record<string, string[]> {
  return declared('readsDeadLetters');
}

function declared(what: 'consumes' | 'produces' | 'readsDeadLetters'): Record<string, string[]> {
  const found = SERVICES.map(({ name }) => [name, topicsIn(sourceOf(name), what)] as const);
  return Object.fromEntries(found.filter(([, topics]) => topics.length > 0));
}

function sourceOf(service: string): string {
  const files = ['service.ts', 'roles.ts'].map((name) => join(CHECKOUT, 'apps', service, 'src', name));
  return files
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

/** `consumes: [LedgerTopics.events]` and `produces: Object.values(WebhookTopics)`. */
function topicsIn(source: string, what: string): string[] {
  const lists = [...source.matchAll(new RegExp(`${what}: (\\[[^\\]]*\\]|Object\\.values\\(\\w+\\))`, 'g'))];
  const names = lists.flatMap(([, list = '']) => [...list.matchAll(/(\w+Topics)(?:\.(\w+))?/g)]);
  return [...new Set(names.flatMap(([, group = '', member]) => topicNamed(group, member)))].sort();
}
