import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Job, ProblemException, readConfig, writeJson } from '@defter/platform';
import { config } from '../../config.js';
import { CheckpointKeys } from '../checkpoint-keys.js';
import { findingText } from './finding-text.js';
import type { Finding } from './findings.js';
import { beginVerification, type Progress, type Summary } from './verify-ledger.js';
import { heldOf } from './verify.wire.js';

const USAGE = 'usage: verify --tenant-id <tenant> --ledger <name> [--checkpoint <file with a note>] [--json]';
const EXIT_FINDINGS = 1;
const EXIT_USAGE = 64;
const PROGRESS_EVERY_MS = 2_000;

const OPTIONS = {
  'tenant-id': { type: 'string' },
  ledger: { type: 'string' },
  checkpoint: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const { checkpointName, checkpointKey, checkpointKeyFile, checkpointPublicKeys } = config;
const KEYS = { checkpointName, checkpointKey, checkpointKeyFile, checkpointPublicKeys };

interface VerifyArguments {
  readonly tenantId: string;
  readonly ledger: string;
  readonly json: boolean;
  readonly held?: { readonly size: number; readonly note: string };
}

/**
 * Verifies a ledger from the command line, for as long as it takes. Exit codes: 0 nothing was found, 1
 * findings, 64 wrong usage. The keys come from the same variables as the service's.
 */
export const verifyJob: Job = async ({ args, owner, env, print }) => {
  const options = read(args);
  if (typeof options === 'string') {
    print(options);
    return EXIT_USAGE;
  }
  const keys = new CheckpointKeys(readConfig(KEYS, env));
  const report = options.json ? jsonReport(print) : textReport(print);
  try {
    const { json: _, ...what } = options;
    const trust = { installation: keys.installation, keys: keys.all };
    const verification = await beginVerification(owner, { ...what, ...trust, ...report });
    const summary = await verification.run();
    report.onSummary(summary);
    return summary.findings === 0 ? 0 : EXIT_FINDINGS;
  } catch (error) {
    if (!(error instanceof ProblemException)) throw error;
    print(error.message);
    return EXIT_USAGE;
  }
};

const read = (args: readonly string[]): VerifyArguments | string => {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    const { 'tenant-id': tenantId, ledger, checkpoint, json } = values;
    if (tenantId === undefined || ledger === undefined) return USAGE;
    if (checkpoint === undefined) return { tenantId, ledger, json };
    const held = heldOf(readFileSync(checkpoint, 'utf8'));
    return held === undefined
      ? `${checkpoint} is not the note of a checkpoint`
      : { tenantId, ledger, json, held };
  } catch (error) {
    return `${(error as Error).message}\n${USAGE}`;
  }
};

interface Report {
  readonly onFinding: (finding: Finding) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly onSummary: (summary: Summary) => void;
}

const jsonReport = (print: (line: string) => void): Report => ({
  onFinding: (finding) => print(writeJson({ finding })),
  onProgress: () => undefined,
  onSummary: (summary) => print(writeJson({ summary })),
});

const textReport = (print: (line: string) => void): Report => {
  let printedAt = performance.now();
  return {
    onFinding: (finding) => print(findingText(finding)),
    onProgress: ({ phase, done, of }) => {
      if (performance.now() - printedAt < PROGRESS_EVERY_MS) return;
      printedAt = performance.now();
      print(`${phase}: ${done}${of === undefined ? '' : ` of ${of}`}`);
    },
    onSummary: ({ ledger, sequence, batches, accounts, checkpoints, findings }) => {
      const log = `${sequence} events in ${batches} batches`;
      print(`${ledger}: ${log}, ${accounts} accounts, ${checkpoints} checkpoints`);
      print(findings === 0 ? 'All of it is as it must be' : `${findings} findings`);
    },
  };
};
