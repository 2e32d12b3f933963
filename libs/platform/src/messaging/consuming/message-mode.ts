import { enterInbox } from './applied.js';
import { applyOrBury, buryPatiently, oneByOne, type Consume, type ConsumerTools } from './topic-consumer.js';
import type { Database } from '../../postgres/database.js';
import type { MessageContext, ReceivedMessage } from './message.js';

/** One transaction per message: its inbox row commits with its effect. */
export function messageMode(tools: ConsumerTools, database: Database): Consume {
  return oneByOne(tools, async (record, delivery) => {
    const parsed = tools.parse(record);
    if (parsed.kind === 'poison') return buryPatiently(tools, delivery, record, parsed.reason);
    if (parsed.kind === 'ignored') return tools.metrics.count(tools.topic, 'ignored');
    await applyOrBury(tools, delivery, record, () => apply(tools, database, parsed.message));
  });
}

async function apply(tools: ConsumerTools, database: Database, received: ReceivedMessage): Promise<void> {
  const { body, ...message } = received;
  const isNew = await database.transaction(async (tx) => {
    if (!(await enterInbox(tx, message.tenantId, tools.consumer, message.id))) return false;
    await tools.handle(body, { tx, message } satisfies MessageContext);
    return true;
  });
  tools.metrics.count(tools.topic, isNew ? 'applied' : 'duplicate');
}
