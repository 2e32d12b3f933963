// All topics of Defter, from the contracts that declare them.
import { LedgerTopics } from '@defter/ledger-contracts';
import { PaymentsTopics } from '@defter/payments-contracts';
import type { TopicDeclaration } from '@defter/platform';
import { ReconciliationTopics } from '@defter/reconciliation-contracts';
import { EndpointTopics, WebhookTopics } from '@defter/webhooks-contracts';

const GROUPS: Readonly<Record<string, Readonly<Record<string, TopicDeclaration>>>> = {
  LedgerTopics,
  PaymentsTopics,
  ReconciliationTopics,
  EndpointTopics,
  WebhookTopics,
};

/** Every declared topic. */
export const allTopics = (): TopicDeclaration[] =>
  Object.values(GROUPS).flatMap((group) => Object.values(group));

/** The names of a group's topic, or of all of its topics. Throws when there is none: this list lacks it. */
export function topicNamed(group: string, member: string | undefined): string[] {
  const topics = GROUPS[group];
  const found = member === undefined ? Object.values(topics ?? {}) : [topics?.[member]];
  return found.map((topic) => {
    if (topic === undefined) throw new Error(`topic-registry.ts does not know ${group}.${member ?? ''}`);
    return topic.name;
  });
}
