import type { ModelLedger } from '@defter/testing';
import type { Journal } from './journal.js';
import type { RefusedKey } from './ledger-log.js';
import { isUndecided, nameOf, type Place, toldOf } from './places.js';

/** Every step that was acknowledged is an event, that very one; everything else left none. */
export const everyAnswerHasItsEffect = (
  places: ReadonlyMap<string, Place>,
  refused: ReadonlyMap<string, RefusedKey>,
  journal: Journal,
): void => {
  for (const place of places.values()) {
    const { event, step, call, index } = place;
    if (step.key !== undefined && event !== undefined && refused.has(step.key)) {
      journal.differs(`${nameOf(call, index)} is refused and has event ${event.sequence}`);
    }
    const told = toldOf(place);
    if (told === undefined) continue;
    const acknowledged = told.ok ? told.sequence : undefined;
    if (acknowledged === event?.sequence) continue;
    journal.differs(
      `${nameOf(call, index)} was told ${JSON.stringify(told)}; its event is ${event?.sequence}`,
    );
  }
};

/** Every key that is kept as refused belongs to somebody who was told so, or to nobody who was answered. */
export const everyRefusalWasTold = (
  places: ReadonlyMap<string, Place>,
  refused: ReadonlyMap<string, RefusedKey>,
  model: ModelLedger,
  journal: Journal,
): void => {
  for (const key of refused.keys()) {
    const place = places.get(key);
    const told = place === undefined ? undefined : toldOf(place);
    if (place === undefined || told?.ok === true || isUndecided(told)) {
      journal.differs(`Key ${key} is kept as refused; its caller was told ${JSON.stringify(told)}`);
    }
    if (!model.keys.has(key)) journal.differs(`Key ${key} is kept as refused; the model never refused it`);
  }
};
