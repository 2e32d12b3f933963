import type { Call, Step, Told } from './call.js';
import type { LoggedEvent } from './ledger-log.js';

/** A step of a call, and the event that it made. */
export interface Place {
  readonly call: Call;
  readonly index: number;
  readonly step: Step;
  event?: LoggedEvent;
}

/** Every step that may have left something, by its key, or by the mark of those without a key. */
export const placesOf = (calls: readonly Call[]): ReadonlyMap<string, Place> => {
  const places = new Map<string, Place>();
  for (const call of calls) {
    if (call.dryRun) continue;
    call.steps.forEach((step, index) => {
      const mark = step.key ?? markOf(step);
      if (mark !== undefined) places.set(mark, { call, index, step });
    });
  }
  return places;
};

/** The step that an event comes from. */
export const placeOf = (
  places: ReadonlyMap<string, Place>,
  { key, payload }: LoggedEvent,
): Place | undefined => places.get(key ?? payload.transaction?.metadata?.['soak'] ?? '');

/** How an event without a key says whose it is. */
const markOf = ({ command }: Step): string | undefined =>
  command.kind === 'create' ? command.metadata?.['soak'] : undefined;

export const toldOf = ({ call, index }: Place): Told | undefined => call.answer?.told[index];

/** Refused because of another step: nothing was decided about this one. */
export const isUndecided = (told: Told | undefined): boolean =>
  told?.code === 'rolled-back' || told?.code === 'not-executed';

/** The step in words. */
export const nameOf = ({ number, steps, mode, dryRun }: Call, index: number): string => {
  const { command, key } = steps[index] ?? {};
  return `Call ${number}, step ${index} (${dryRun ? 'dry run' : mode}, key ${key}) ${shown(command)}`;
};

/** Amounts as text. */
export const shown = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? member.toString() : member));
