import type { ChaosWorld } from './chaos-world.js';
import { different, type Finding } from './findings.js';

const OWED = 'select coalesce(sum(owed_minor), 0)::text as total from debt';
const SETTLED = `
select coalesce(sum(amount_minor), 0)::text as total from settlement where approved_at is not null`;
const BALANCE = `
select coalesce(sum(output - input), 0)::text as total from balance where account ~ $1`;

/** What belongs to many: an account of the ledger with what payments says of it. */
const TOTALS = [
  { whose: 'debts', ours: OWED, accounts: '^(users|merchants):.*:debt$' },
  { whose: 'bank', ours: SETTLED, accounts: '^bank:' },
] as const;

/** What is owed and what was settled, all of it together: also what belongs to nobody who played. */
export const compareTotals = async (world: ChaosWorld): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  for (const { whose, ours, accounts } of TOTALS) {
    const [said] = await world.rows<{ total: string }>('payments', ours);
    const [booked] = await world.rows<{ total: string }>('ledger', BALANCE, [accounts]);
    if (said?.total !== booked?.total)
      findings.push({
        ...different(`${said?.total} by payments, ${booked?.total} in the ledger`),
        customer: whose,
      });
  }
  return findings;
};
