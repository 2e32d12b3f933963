import type { Volumes } from '@defter/reconciliation-domain';

export const isSame = (one: Volumes, other: Volumes): boolean =>
  one.input === other.input && one.output === other.output;

/** What an account held before a span of events, and after each event of it that moved the account. */
export function statesOf(before: Volumes, moves: readonly Volumes[]): Volumes[] {
  const states = [before];
  let current = before;
  for (const { input, output } of moves) {
    current = { input: current.input + input, output: current.output + output };
    states.push(current);
  }
  return states;
}

/**
 * How a balance that was read somewhere in a span of events stands to them. `agrees`: it is one of the
 * states. `drifts`: it is none, and there was only one. `moves`: it is none of several, so that nobody can
 * say by how much it is off; read again.
 */
export function judge(actual: Volumes, states: readonly Volumes[]): 'agrees' | 'drifts' | 'moves' {
  if (states.some((state) => isSame(state, actual))) return 'agrees';
  return states.length === 1 ? 'drifts' : 'moves';
}
