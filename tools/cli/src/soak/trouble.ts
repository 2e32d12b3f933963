import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningService, Stack } from '@defter/embedded';
import type { Journal } from './journal.js';
import type { Random } from './random.js';

type Trouble = (stack: Stack, random: Random) => Promise<string>;

const ledgerOf = (stack: Stack, random: Random): RunningService => stack.service('ledger', random.below(2));

const killReplica: Trouble = async (stack, random) => {
  const replica = ledgerOf(stack, random);
  await replica.kill();
  await sleep(200 + random.below(800));
  await replica.start();
  return 'kill -9 of a replica';
};

const killPostgres: Trouble = async ({ postgres }) => {
  await postgres.kill();
  await postgres.start();
  return 'kill -9 of PostgreSQL';
};

const restartPostgres: Trouble = async ({ postgres }) => {
  await postgres.restart();
  return 'restart of PostgreSQL';
};

/** Callers run into their limit meanwhile and go to the other replica; what was sent is done late. */
const pauseReplica: Trouble = async (stack, random) => {
  const { pid } = ledgerOf(stack, random);
  process.kill(pid, 'SIGSTOP');
  try {
    await sleep(1_000 + random.below(5_000));
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  return 'pause of a replica';
};

/** In this order, then again: every kind comes in a short soak too. */
const TROUBLES: readonly Trouble[] = [killReplica, pauseReplica, killPostgres, killReplica, restartPostgres];

/** Makes trouble until it is told to stop; when it returns, everything runs again. */
export const makeTrouble = async (
  stack: Stack,
  random: Random,
  journal: Journal,
  stop: AbortSignal,
): Promise<void> => {
  for (let turn = 0; !stop.aborted; turn++) {
    // A while without trouble, or nothing would get done that could be lost.
    await sleep(1_500 + random.below(2_500), undefined, { signal: stop }).catch(() => undefined);
    const trouble = TROUBLES[turn % TROUBLES.length];
    if (!stop.aborted && trouble !== undefined) journal.count(await trouble(stack, random));
  }
};
