import { createHash } from 'node:crypto';

/** A line of the file: what the old source says that an account has. */
export interface OpeningBalance {
  /** Number in the file, from 1; the first line is the head. */
  readonly line: number;
  readonly account: string;
  readonly asset: string;
  /** Smallest units; below zero when the account owes. */
  readonly theirs: bigint;
}

export interface BalancesFile {
  /** SHA-256 of the bytes: the file's identity, whatever it is called. */
  readonly sha256: string;
  readonly balances: readonly OpeningBalance[];
  /** What is wrong, by line; nothing is done while there is anything. */
  readonly errors: readonly string[];
}

const HEAD = 'account,asset,amount';
const ADDRESS = /^[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)*$/;
const ASSET = /^[A-Z][A-Z0-9]{0,16}(_[A-Z]{1,16})?(\/[0-9]{1,6})?$/;
const AMOUNT = /^-?(0|[1-9][0-9]{0,77})$/;
const MAX_ADDRESS = 256;

/** Reads `account,asset,amount` lines (CSV without quotes: no value can hold a comma). */
export const readBalances = (bytes: Buffer): BalancesFile => {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const [head = '', ...lines] = bytes
    .toString('utf8')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  const errors: string[] = [];
  if (head !== HEAD) errors.push(`line 1: must be ${HEAD}`);
  const seen = new Map<string, number>();
  const balances = lines.map((text, index) => {
    const line = index + 2;
    const [account = '', asset = '', amount = '', ...more] = text.split(',');
    const wrong = more.length > 0 ? 'has more than three values' : mistakeIn(account, asset, amount);
    const first = seen.get(`${account},${asset}`);
    if (wrong !== undefined) errors.push(`line ${line}: ${wrong}`);
    else if (first !== undefined)
      errors.push(`line ${line}: ${account} in ${asset} stands in line ${first}, too`);
    seen.set(`${account},${asset}`, line);
    return { line, account, asset, theirs: AMOUNT.test(amount) ? BigInt(amount) : 0n };
  });
  return { sha256, balances, errors };
};

const mistakeIn = (account: string, asset: string, amount: string): string | undefined => {
  if (account === 'world') return 'world is the outside: what it has follows from the others';
  if (account.length > MAX_ADDRESS || !ADDRESS.test(account))
    return `${JSON.stringify(account)} is no account`;
  if (!ASSET.test(asset)) return `${JSON.stringify(asset)} is no asset`;
  if (!AMOUNT.test(amount)) return `${JSON.stringify(amount)} is no whole number of smallest units`;
  return undefined;
};
