import type { Queryable } from '@defter/platform';
import type { Booking, Payment } from './settlement-content.js';

interface PaymentRow {
  readonly last_on: string;
  readonly provider: string;
  readonly connection_id: string;
  readonly batch_ref: string;
  readonly currency: string;
  readonly lines: number;
  readonly net: string;
  readonly paid: string | null;
  readonly bookings: number | null;
  readonly paid_on: string | null;
}

/** The settlements (what one transfer pays) whose last line is of the period, and what pays them. */
const PAYMENTS = `
  with settlement as (
    select l.provider, l.connection_id, l.batch_ref, l.currency, sum(l.net) as net, count(*)::int as lines,
           max(l.business_on) as last_on
      from report_line l
      join report_file f on f.tenant_id = $1 and f.file_id = l.file_id and f.superseded_by is null
     where l.tenant_id = $1 and l.batch_ref is not null
       and (l.provider, l.connection_id, l.batch_ref) in (
         select distinct t.provider, t.connection_id, t.batch_ref from report_line t
           join report_file of on of.tenant_id = $1 and of.file_id = t.file_id and of.superseded_by is null
          where t.tenant_id = $1 and of.business_on >= $2)
     group by l.provider, l.connection_id, l.batch_ref, l.currency having sum(l.net) <> 0),
  paid as (
    select m.provider, m.connection_id, m.batch_ref, m.currency, sum(b.amount) as paid,
           count(*)::int as bookings, max(b.booked_on) as paid_on
      from batch_match m
      join bank_line b on b.tenant_id = $1 and b.file_id = m.file_id and b.line_number = m.line_number
     where m.tenant_id = $1 group by m.provider, m.connection_id, m.batch_ref, m.currency)
  select s.last_on, s.provider, s.connection_id, s.batch_ref, s.currency, s.lines, s.net::text as net,
         p.paid::text as paid, p.bookings, p.paid_on
    from settlement s left join paid p using (provider, connection_id, batch_ref, currency)
   where s.last_on >= $2 and s.last_on <= $3
   order by s.last_on desc, s.provider, s.connection_id, s.batch_ref, s.currency`;

/** Settlements of the days from one to another, both included; newest first. */
export async function paymentsBetween(
  database: Queryable,
  tenantId: string,
  [from, to]: readonly [string, string],
): Promise<Payment[]> {
  const rows = await database.query<PaymentRow>(PAYMENTS, [tenantId, from, to]);
  return rows.map((row) => ({
    ...{ on: row.last_on, provider: row.provider, connection: row.connection_id, settlement: row.batch_ref },
    ...{ currency: row.currency, lines: row.lines, netMinor: row.net, paidMinor: row.paid ?? '0' },
    ...{ bookings: row.bookings ?? 0, paidOn: row.paid_on },
  }));
}

interface BookingRow {
  readonly line_key: string;
  readonly booked_on: string;
  readonly provider: string;
  readonly connection_id: string;
  readonly currency: string;
  readonly amount: string;
  readonly batch_ref: string | null;
}

/** Of a booking that stands in several statements one counts. */
const BOOKINGS = `
  select distinct on (b.provider, b.connection_id, b.line_key)
         b.line_key::text as line_key, b.booked_on, b.provider, b.connection_id, b.currency,
         b.amount::text as amount, m.batch_ref
    from bank_line b
    join report_file f on f.tenant_id = $1 and f.file_id = b.file_id and f.superseded_by is null
    left join batch_match m on m.tenant_id = $1 and m.provider = b.provider
      and m.connection_id = b.connection_id and m.line_key = b.line_key
   where b.tenant_id = $1 and b.booked_on >= $2 and b.booked_on <= $3
   order by b.provider, b.connection_id, b.line_key`;

/** What the statements that are here show for the days, and which settlement each booking pays. */
export async function bookingsBetween(
  database: Queryable,
  tenantId: string,
  [from, to]: readonly [string, string],
): Promise<Booking[]> {
  const rows = await database.query<BookingRow>(BOOKINGS, [tenantId, from, to]);
  return rows.map((row) => ({
    ...{ key: row.line_key, on: row.booked_on, provider: row.provider, connection: row.connection_id },
    ...{ currency: row.currency },
    ...{ minor: row.amount, settlement: row.batch_ref },
  }));
}
