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

/**
 * Points that no player reaches, each with the reason. One that isn't here must be passed by some player, or
 * `crash-points.e2e.spec.ts` fails.
 */
export const UNREACHED: Readonly<Record<string, string>> = {};

/** All crash points of these services, as the built ones say them themselves. */
export const registeredPoints = (): ChaosPoint[] =>
  VICTIMS.flatMap((victim) => {
    const main = join(CHECKOUT, 'apps', victim, 'dist/main.js');
    const { stdout, status, stderr } = spawnSync(process.execPath, [main, '--print-crash-points'], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${victim} doesn't say its crash points: ${stderr}`);
    const points = stdout.split('\n').filter((line) => line !== '');
    return points.map((point) => ({ name: `${victim}/${point}`, victim, point }));
  });

/** Those that the mix of calls reaches. */
export const crashPointList = (): ChaosPoint[] =>
  registeredPoints().filter(({ name }) => !Object.hasOwn(UNREACHED, name));
