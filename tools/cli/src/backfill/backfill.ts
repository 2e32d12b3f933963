import { type BulkElement, DefterProblem, DefterUnreachable, LedgerClient } from '@defter/client';
import type { BalancesFile } from './balances-file.js';
import { keepPlan, type Place, type Plan, type PlannedBalance, planOf } from './plan.js';

export interface BackfillOptions {
  readonly place: Place;
  readonly token: string;
  readonly file: BalancesFile;
  /** Where plans are kept. */
  readonly folder: string;
  readonly dryRun: boolean;
  /**
   * Books the difference also for accounts that the ledger has a balance of, or that moved since the dry
   * run, and lets an account go below zero.
   */
  readonly force: boolean;
  readonly print: (line: string) => void;
}

const PER_BULK = 200;
const SHOWN = 1_000;

/** A reason to stop before anything is written. */
class Refused extends Error {}

/**
 * Books opening balances of an old source, so that the ledger has what the source says. Wrong lines, a
 * missing dry run and unexpected balances end it before anything is written. Each line is booked once,
 * whatever happens: its key and reference are made of the file's content and the line's number. Exit code: 0
 * ours is theirs now (or the dry run is done), 1 not.
 */
export const backfill = async (options: BackfillOptions): Promise<number> => {
  const { file, print } = options;
  for (const error of file.errors) print(error);
  if (file.errors.length > 0) return refuse(print, `${file.errors.length} wrong lines; nothing was written`);
  try {
    return await compareAndBook(options);
  } catch (error) {
    const why = error instanceof Refused ? error.message : answerOf(error, options.place);
    if (why === undefined) throw error;
    return refuse(print, why);
  }
};

const compareAndBook = async (options: BackfillOptions): Promise<number> => {
  const { file, place, token } = options;
  const client = new LedgerClient({ url: place.url, token, tenantId: place.tenantId });
  const ours = await balancesOf(client, place.ledger);
  if (options.dryRun) return dryRun(options, ours);
  const plan = planOf(options.folder, place, file);
  if (plan === undefined) throw new Refused(NO_DRY_RUN);
  return book(options, plan, { client, ours });
};

const NO_DRY_RUN =
  'There was no --dry-run of this content for this ledger. Run the same with --dry-run first, look at what ' +
  'it prints, then run this again.';

/** What the ledger said instead of doing it, as a sentence; undefined when it wasn't the ledger. */
const answerOf = (error: unknown, { tenantId, ledger, url }: Place): string | undefined => {
  if (error instanceof DefterUnreachable) return `The ledger at ${url} gave no answer: run the same again`;
  if (!(error instanceof DefterProblem)) return undefined;
  if (error.status === 404) return `Tenant ${tenantId} has no ledger ${ledger}: open it first`;
  const { errorMessage } = error.body as { errorMessage?: string };
  return `The ledger refused with ${error.status} ${error.code}: ${errorMessage ?? 'it says no more'}`;
};

const refuse = (print: (line: string) => void, why: string): number => {
  print(why);
  return 1;
};

type Balances = ReadonlyMap<string, bigint>;

const balanceName = (account: string, asset: string): string => `${account} ${asset}`;

const balancesOf = async (client: LedgerClient, ledger: string): Promise<Balances> => {
  const found = new Map<string, bigint>();
  for await (const { account, asset, posted } of client.volumes(ledger))
    found.set(balanceName(account, asset), BigInt(posted));
  return found;
};

const dryRun = ({ file, place, folder, print }: BackfillOptions, ours: Balances): number => {
  const balances = file.balances.map((each) => ({ ...each, ours: oursOf(ours, each) }));
  printTable(balances, print);
  keepPlan(folder, { place, sha256: file.sha256, balances });
  print(`Dry run of ${file.sha256.slice(0, 12)}: nothing was written. The same without --dry-run books it.`);
  return 0;
};

const oursOf = (ours: Balances, { account, asset }: { account: string; asset: string }): bigint =>
  ours.get(balanceName(account, asset)) ?? 0n;

const book = async (
  options: BackfillOptions,
  plan: Plan,
  { client, ours }: { readonly client: LedgerClient; readonly ours: Balances },
): Promise<number> => {
  const { place, print } = options;
  const open: PlannedBalance[] = [];
  for (const line of plan.balances) {
    if (line.theirs === line.ours) continue;
    const moved = oursOf(ours, line) !== line.ours;
    // With --force the key is another one: a line that was booked without it is known by its reference only.
    if ((moved || options.force) && (await isBooked(client, plan, line))) continue;
    open.push(line);
  }
  if (!options.force) expectUntouched(open, ours);
  print(`${open.length} of ${plan.balances.length} lines to book`);
  const refused: string[] = [];
  for (let at = 0; at < open.length; at += PER_BULK) {
    const lines = open.slice(at, at + PER_BULK);
    const results = await client.bulk(
      place.ledger,
      lines.map((line) => bookingOf(plan, line, options.force)),
    );
    results.forEach((result, index) => {
      if (result.responseType !== 'ERROR') return;
      refused.push(`line ${lines[index]?.line}: ${result.errorDescription ?? result.errorCode}`);
    });
    print(`${Math.min(at + PER_BULK, open.length)} of ${open.length} lines`);
  }
  for (const line of refused) print(line);
  const after = await balancesOf(client, place.ledger);
  printTable(
    plan.balances.map((line) => ({ ...line, ours: oursOf(after, line) })),
    print,
  );
  return refused.length === 0 ? 0 : 1;
};

const referenceOf = ({ sha256 }: Plan, { line }: PlannedBalance): string => `backfill:${sha256}:${line}`;

/** Where the balance is still as planned nothing was booked, mostly; the ledger knows by the reference. */
const isBooked = async (client: LedgerClient, plan: Plan, line: PlannedBalance): Promise<boolean> =>
  (await client.byReference(plan.place.ledger, referenceOf(plan, line))) !== undefined;

const expectUntouched = (lines: readonly PlannedBalance[], ours: Balances): void => {
  const used = lines.filter((line) => line.ours !== 0n || oursOf(ours, line) !== line.ours);
  if (used.length === 0) return;
  const named = used.slice(0, 10).map(({ line, account, asset }) => `line ${line} (${account} ${asset})`);
  throw new Refused(
    `${used.length} accounts have a balance already that is not theirs, or moved since the dry run: ` +
      `${named.join(', ')}. Nothing was written. --force books the planned differences all the same.`,
  );
};

/** What brings the account from what it had at the dry run to what the old source says. */
const bookingOf = (plan: Plan, line: PlannedBalance, force: boolean): BulkElement => {
  const difference = line.theirs - line.ours;
  // Only what takes from an account can bring it below zero; that needs the scope ledger:force.
  const forced = force && difference < 0n;
  const reference = referenceOf(plan, line);
  const [source, destination] = difference > 0n ? ['world', line.account] : [line.account, 'world'];
  const amount = difference > 0n ? difference : -difference;
  return {
    action: 'CREATE_TRANSACTION',
    // A refusal sticks to its key, so what is forced has another one; the reference makes it once.
    ik: forced ? `${reference}:forced` : reference,
    data: {
      postings: [{ source, destination, asset: line.asset, amount }],
      reference,
      metadata: { backfill: plan.sha256, line: `${line.line}` },
      ...(forced ? { force: true } : {}),
    },
  };
};

const printTable = (balances: readonly PlannedBalance[], print: (line: string) => void): void => {
  const differing = balances.filter(({ ours, theirs }) => ours !== theirs);
  const rows = [
    ['account', 'asset', 'ours', 'theirs', 'difference'],
    ...differing
      .slice(0, SHOWN)
      .map(({ account, asset, ours, theirs }) => [
        account,
        asset,
        `${ours}`,
        `${theirs}`,
        `${theirs - ours}`,
      ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows)
    print(
      row
        .map((cell, column) =>
          column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    );
  if (differing.length > SHOWN) print(`… and ${differing.length - SHOWN} more`);
  print(`${differing.length} of ${balances.length} balances differ`);
};
