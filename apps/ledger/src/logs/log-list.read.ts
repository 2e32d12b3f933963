import { Injectable } from '@nestjs/common';
import type { LedgerEvent } from '@defter/ledger-domain';
import { Database } from '@defter/platform';
import { type Condition, conjuncts, type FieldForms, type Filter } from '../filters/filter.js';
import { filterSql, rowNumber, SqlValues } from '../filters/filter.read.js';
import { withRecordedBounds } from '../filters/recorded-bounds.read.js';
import type { PageRequest } from '../list-page.js';
import type { ListForm } from '../list-question.js';
import { EventReader, type HashedEvent } from './event.read.js';
import { LOG_TYPES } from './log.wire.js';

const FIELDS: FieldForms = {
  id: { kind: 'integer' },
  date: { kind: 'instant' },
  type: { kind: 'text', values: Object.values(LOG_TYPES) },
};

/** The list of what happened, newest first. */
export const LOGS: ListForm = {
  kind: 'logs',
  fields: FIELDS,
  sorts: ['id', 'date'],
  usualOrder: () => ({ column: 'id', descending: true }),
};

const CREATED: LedgerEvent['type'] = 'TransactionCreated';

/** Finds the events of a list. */
@Injectable()
export class LogListReader {
  constructor(
    private readonly database: Database,
    private readonly events: EventReader,
  ) {}

  async page(ledgerId: number, filter: Filter, page: PageRequest<number>): Promise<HashedEvent[]> {
    const known = await this.known(ledgerId, filter);
    const values = new SqlValues();
    values.add(ledgerId);
    const [direction, beyond] = page.descending ? ['desc', '<'] : ['asc', '>'];
    const place =
      page.after === undefined ? 'true' : `e.sequence ${beyond} ${values.add(page.after)}::bigint`;
    const condition = `e.ledger_id = $1 and ${place} and ${eventFilterSql(known, values)}`;
    const order = `order by e.sequence ${direction} limit ${page.limit}`;
    const rare = rareTypes(known);
    // One walk of the index of rare events for each type keeps all of them in the order of the list.
    const sql =
      rare === undefined
        ? `select e.sequence from event e where ${condition} ${order}`
        : `select e.sequence from unnest(${values.add(rare)}::text[]) as rare (type)
          cross join lateral (select e.sequence from event e
            where ${condition} and e.type <> '${CREATED}' and e.type = rare.type ${order}) as e ${order}`;
    const rows = await this.database.query<{ sequence: bigint }>(sql, values.list);
    return this.events.bySequences(
      ledgerId,
      rows.map(({ sequence }) => sequence),
    );
  }

  private known(ledgerId: number, filter: Filter): Promise<Filter> {
    return withRecordedBounds(this.database, ledgerId, filter, { field: 'date', as: 'sequence' });
  }
}

/** The types that the filter wants outright, when all of them are rare. */
const rareTypes = (filter: Filter): readonly string[] | undefined => {
  const wanted = conjuncts(filter).find((part) => part.kind === 'text');
  const types = wanted?.kind === 'text' ? wanted.values.map(eventType) : [CREATED];
  return types.includes(CREATED) ? undefined : [...new Set(types)];
};

const eventType = (logType: string): LedgerEvent['type'] => {
  const found = Object.entries(LOG_TYPES).find(([, name]) => name === logType);
  if (found === undefined) throw new Error(`No event is called ${logType}`);
  return found[0] as LedgerEvent['type'];
};

const eventFilterSql = (filter: Filter, values: SqlValues): string =>
  filterSql(filter, (condition) => conditionSql(condition, values));

const conditionSql = (condition: Condition, values: SqlValues): string => {
  if (condition.kind === 'text')
    return `e.type = any(${values.add(condition.values.map(eventType))}::text[])`;
  if (condition.kind !== 'integer')
    throw new Error(`No column for a condition of the kind ${condition.kind}`);
  return `e.sequence ${condition.compare} ${values.add(rowNumber(condition.value))}::bigint`;
};
