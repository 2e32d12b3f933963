import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CHECKOUT } from '@defter/embedded';

/** The services that stand in the ways of money. */
export const VICTIMS = ['payments', 'webhook-ingress', 'ledger'] as const;
export type Victim = (typeof VICTIMS)[number];

/** A crash point of a service; its name is `<service>/<point>`. */
export interface ChaosPoint {
  readonly name: string;
  readonly victim: Victim;
  readonly point: string;
}

/** Behind reports, which nobody fetches here: `report-lines.int.spec.ts` of payments dies at them. */
const BEHIND_REPORTS = /^(?:report|settlement)\./;

/** All crash points that the mix of calls can reach, as the built services say them themselves. */
export const crashPointList = (): ChaosPoint[] =>
  VICTIMS.flatMap((victim) => {
    const main = join(CHECKOUT, 'apps', victim, 'dist/main.js');
    const { stdout, status, stderr } = spawnSync(process.execPath, [main, '--print-crash-points'], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${victim} doesn't say its crash points: ${stderr}`);
    const points = stdout.split('\n').filter((line) => line !== '' && !BEHIND_REPORTS.test(line));
    return points.map((point) => ({ name: `${victim}/${point}`, victim, point }));
  });
