import pg from 'pg';

const { builtins } = pg.types;
const INT8_ARRAY = 1016;
const NUMERIC_ARRAY = 1231;
const TEXT_ARRAY: number = 1009;
const DATE_ARRAY = 1182;

type Parse = (text: string) => unknown;

/** Splits PostgreSQL's array text; NULL elements stay null. */
const asTexts = pg.types.getTypeParser(TEXT_ARRAY) as (text: string) => (string | null)[];

const parsers = new Map<number, Parse>([
  [builtins.INT8, BigInt],
  [INT8_ARRAY, (text) => asTexts(text).map((element) => (element === null ? null : BigInt(element)))],
  // node-postgres would make doubles of numeric[]: amounts would lose digits.
  [builtins.NUMERIC, (text) => text],
  [NUMERIC_ARRAY, asTexts],
  // A business date has no time zone; a Date would shift it by the server's.
  [builtins.DATE, (text) => text],
  [DATE_ARRAY, asTexts],
]);

/** How columns become values: int8 → bigint, numeric and date → string, timestamptz → Date, json → parsed. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ??
    (pg.types.getTypeParser(oid, format as 'text') as Parse),
};
