import { Database } from '../../postgres/database.js';
import { createLogger } from '../../service/logger.js';
import { Leadership } from './leadership.js';

// A process that wants to lead, for leadership.int.spec.ts: it says each change, and is stopped there.

const [url = '', name = '', leaseMs = ''] = process.argv.slice(2);
const logger = createLogger('leader', 'silent');
const leadership = new Leadership(new Database({ url, name: 'leader', logger }), name, parseInt(leaseMs, 10));

let said = '';
const look = async (): Promise<void> => {
  const session = await leadership.take().catch(() => undefined);
  const says = session === undefined ? 'waits' : 'leads';
  if (says !== said) process.stdout.write(`${says}\n`);
  said = says;
  setTimeout(() => void look(), 20);
};
await look();
