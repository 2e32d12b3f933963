import { parseArgs } from 'node:util';
import { type Connection, type Database, type Job, writeJson } from '@defter/platform';
import type { Finding } from '../proofs/verify/findings.js';
import { brokenChain } from './event-chain.js';
import { type Projection, PROJECTIONS } from './projection.js';
import { inSession, isEqual, RebuildBusy, rebuildIn, type RebuildResult } from './rebuild.js';
import { brokenChainReport, EVENTS_CHANGED, reportOf } from './rebuild-report.js';

const USAGE = `usage: rebuild --tenant-id <tenant> --ledger <name> [--projection <name>] [--json]
  [--apply [--accept-differences]] [--restart]
projections: ${Object.keys(PROJECTIONS).join(', ')}, all`;
const EXIT_DIFFERENT = 1;
const EXIT_USAGE = 64;
/** EX_TEMPFAIL of sysexits.h: another run is at it. */
const EXIT_BUSY = 75;
const PROGRESS_EVERY_MS = 1_000;

const OPTIONS = {
  'tenant-id': { type: 'string' },
  ledger: { type: 'string' },
  projection: { type: 'string', default: 'all' },
  apply: { type: 'boolean', default: false },
  'accept-differences': { type: 'boolean', default: false },
  restart: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/**
 * Makes projections of a ledger anew and compares them with the live ones. Exit codes: 0 all are equal in
 * the end, 1 some differ or the events are not those that were committed, 64 wrong usage, 75 another rebuild
 * of the same projection is running. Without `--apply` nothing live is touched; with it, tables that differ
 * are switched only together with `--accept-differences`.
 */
export const rebuildJob: Job = async ({ args, owner, print }) => {
  const options = read(args);
  if (options === undefined) return refuse(print, USAGE);
  const ledgerId = await ledgerOf(owner, options);
  if (ledgerId === undefined) return refuse(print, noSuchLedger(options));
  const progress = options.json ? () => undefined : progressPrinter(print);
  const broken = await brokenChain(owner, ledgerId, (sequence) => progress(`events checked: ${sequence}`));
  if (broken.length > 0) return refuseChanged(print, broken, options);
  try {
    const output = { print, progress };
    const results = await inSession(owner, (session) => rebuildAll(session, ledgerId, options, output));
    const equal = results.every(({ before, switched }) => isEqual(switched?.after ?? before));
    return concluded(equal, options, print);
  } catch (error) {
    if (!(error instanceof RebuildBusy)) throw error;
    print(error.message);
    return EXIT_BUSY;
  }
};

interface Output {
  readonly print: (line: string) => void;
  readonly progress: (line: string) => void;
}

const rebuildAll = async (
  session: Connection,
  ledgerId: number,
  options: RebuildArguments,
  { print, progress }: Output,
): Promise<readonly RebuildResult[]> => {
  const results: RebuildResult[] = [];
  for (const projection of options.projections) {
    const result = await rebuildIn(session, ledgerId, projection, {
      restart: options.restart,
      switchOver: options.apply && options.accepts,
      onProgress: ({ projection: of, sequence, head }) => progress(`${of}: ${sequence} of ${head} events`),
    });
    for (const line of options.json ? [writeJson(result)] : reportOf(result)) print(line);
    results.push(result);
  }
  return results;
};

const concluded = (
  equal: boolean,
  { apply, accepts }: RebuildArguments,
  print: (line: string) => void,
): number => {
  if (!equal && apply && !accepts) print(REFUSED);
  return equal ? 0 : EXIT_DIFFERENT;
};

const refuseChanged = (
  print: (line: string) => void,
  findings: readonly Finding[],
  { json }: RebuildArguments,
): number => {
  const report = json ? [writeJson({ refused: EVENTS_CHANGED, findings })] : brokenChainReport(findings);
  for (const line of report) print(line);
  return EXIT_DIFFERENT;
};

const refuse = (print: (line: string) => void, why: string): number => {
  print(why);
  return EXIT_USAGE;
};

const REFUSED =
  'Not switched: the tables differ. See the rows above; to take the rebuilt ones, add --accept-differences.';

interface RebuildArguments {
  readonly tenantId: string;
  readonly ledger: string;
  readonly projections: readonly Projection[];
  readonly apply: boolean;
  readonly accepts: boolean;
  readonly restart: boolean;
  readonly json: boolean;
}

const read = (args: readonly string[]): RebuildArguments | undefined => {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    const { 'tenant-id': tenantId, ledger, apply, restart, json, projection } = values;
    const projections = chosen(projection);
    if (tenantId === undefined || ledger === undefined || projections.length === 0) return undefined;
    return { tenantId, ledger, projections, apply, accepts: values['accept-differences'], restart, json };
  } catch {
    return undefined;
  }
};

const chosen = (name: string): readonly Projection[] => {
  if (name === 'all') return Object.values(PROJECTIONS);
  const one = Object.hasOwn(PROJECTIONS, name) ? PROJECTIONS[name] : undefined;
  return one === undefined ? [] : [one];
};

const ledgerOf = async (
  owner: Database,
  { tenantId, ledger }: RebuildArguments,
): Promise<number | undefined> => {
  const sql = 'select ledger_id from ledger where tenant_id = $1 and name = $2';
  const [row] = await owner.query<{ ledger_id: number }>(sql, [tenantId, ledger]);
  return row?.ledger_id;
};

const noSuchLedger = ({ tenantId, ledger }: RebuildArguments): string =>
  `Tenant ${tenantId} has no ledger ${ledger}`;

const progressPrinter = (print: (line: string) => void): ((line: string) => void) => {
  let printedAt = performance.now();
  return (line) => {
    if (performance.now() - printedAt < PROGRESS_EVERY_MS) return;
    printedAt = performance.now();
    print(line);
  };
};
