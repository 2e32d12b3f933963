/**
 * What an id names: payment intent, operation, payout, checkout session, event, finding, run, webhook key,
 * refund, dispute, settlement, run of a job.
 */
export type IdPrefix =
  'pi' | 'op' | 'po' | 'cs' | 'evt' | 'fnd' | 'run' | 'whk' | 're' | 'du' | 'st' | 'job' | OtherPrefix;
/** A proposal of a correction, and what webhooks out have. */
type OtherPrefix = 'prp' | OutboundPrefix;
/** Outbound webhooks: endpoint, secret, message, delivery. */
type OutboundPrefix = 'whe' | 'whs' | 'msg' | 'dlv';

/** A prefixed UUIDv7 without dashes, for example `po_0198c2d1e0b17c3a9f54c1d2e3f40516`. */
export type Id<Prefix extends IdPrefix = IdPrefix> = `${Prefix}_${string}`;

const RANDOM_BYTES = 10;
const MAX_TIME = 2 ** 48 - 1;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const HEX_UUIDV7 = /^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/;

/**
 * A UUID version 7 (RFC 9562 §5.7): 48 bits of `now` (Unix milliseconds), then 74 bits from the first ten
 * bytes of `random`. Ids made in later milliseconds sort after earlier ones; within one millisecond they have
 * no order.
 * Throws a RangeError when the time doesn't fit or there are fewer than ten random bytes.
 */
export const uuidv7 = (now: number, random: Uint8Array): string => {
  if (!Number.isInteger(now) || now < 0 || now > MAX_TIME) throw new RangeError(`not a time in ms: ${now}`);
  if (random.length < RANDOM_BYTES) throw new RangeError(`needs ${RANDOM_BYTES} random bytes`);
  const digits = digitsOf(now, random, 0);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');
};

/** Drawn many at once: asking the system for each id costs more than all the rest of it. */
const pool = new Uint8Array(RANDOM_BYTES * 400);
let used = pool.length;

/**
 * A new id from the system's clock and random source. Decisions take ids in their command, they never call
 * this.
 */
export const newId = <Prefix extends IdPrefix>(prefix: Prefix): Id<Prefix> => {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return `${prefix}_${digitsOf(Date.now(), pool, used - RANDOM_BYTES)}`;
};

/** Whether the text is an id of this kind, letter for letter as `newId` writes it. */
export const isId = <Prefix extends IdPrefix>(prefix: Prefix, text: string): text is Id<Prefix> =>
  text.startsWith(`${prefix}_`) && HEX_UUIDV7.test(text.slice(prefix.length + 1));

/** The 32 hex digits; the version (7) tops the first random byte, the variant (10) the third. */
const digitsOf = (now: number, random: Uint8Array, from: number): string => {
  let digits = now.toString(16).padStart(12, '0');
  for (let index = 0; index < RANDOM_BYTES; index++) {
    digits += HEX[withMarks(random[from + index] ?? 0, index)] ?? '';
  }
  return digits;
};

const withMarks = (byte: number, index: number): number => {
  if (index === 0) return (byte & 0x0f) | 0x70;
  if (index === 2) return (byte & 0x3f) | 0x80;
  return byte;
};
