import { type TSchema, Type } from '@sinclair/typebox';

/** What people need to know of a route beside what the route itself says. */
export interface Operation {
  readonly summary: string;
  /** What it may be asked, by name. */
  readonly query?: Readonly<Record<string, TSchema>>;
  /** The body; `optional` when it may be left out. */
  readonly body?: { readonly schema: TSchema; readonly optional?: boolean };
  /** The answer's body; absent for a status without one. */
  readonly answer?: TSchema;
  /** Media type of a body that is a stream, sent or answered. */
  readonly streams?: { readonly sent?: string; readonly answered?: string };
  /** Takes an idempotency key, and answers with the sequence of its event. */
  readonly keyed?: boolean;
  /** Other answers that have a body of their own, by status. */
  readonly others?: Readonly<Record<string, TSchema>>;
}

/** Operations by method and path, such as `GET /v2/{ledger}`. */
export type Operations = Readonly<Record<string, Operation>>;

/** A flag in a query. */
export const Flag = Type.Union([Type.Literal('true'), Type.Literal('false')]);

const Cursor = Type.String({ expected: 'next or previous of a page; it holds its whole question' });
const PageSize = Type.Integer({ minimum: 1, expected: 'rows of a page; 15, cut to 100' });
const Filter = Type.String({ expected: 'a filter as JSON; a GET may carry it as its body instead' });
const Sort = Type.String({ expected: 'a column, with :asc or :desc' });

/** Parameters of every page. */
export const PAGED = { cursor: Cursor, pageSize: PageSize } as const;

/** Parameters of every list. */
export const LISTED = { ...PAGED, query: Filter, sort: Sort } as const;

/** Parameters of every count. */
export const FILTERED = { query: Filter } as const;

/** As of a moment. */
export const AT_TIME = {
  pit: Type.String({ format: 'date-time', expected: 'as of this instant, by effective time' }),
} as const;

/** The answer under `data`. */
export const data = <T extends TSchema>(schema: T) => Type.Object({ data: schema });

/** A page of rows. */
export const pageOf = <T extends TSchema>(row: T) =>
  Type.Object({
    cursor: Type.Object({
      pageSize: Type.Integer({ minimum: 1 }),
      hasMore: Type.Boolean(),
      previous: Type.Optional(Cursor),
      next: Type.Optional(Cursor),
      data: Type.Array(row),
    }),
  });
