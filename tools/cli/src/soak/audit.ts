import { type ModelAnswer, ModelLedger } from '@defter/testing';
import type pg from 'pg';
import { everyAnswerHasItsEffect, everyRefusalWasTold } from './acknowledged.js';
import { checkList } from './check-list.js';
import { type Check, OpenChecks } from './checks.js';
import type { Journal } from './journal.js';
import { batchTimes, type LoggedEvent, loggedEvents, refusedKeys, touchedBy } from './ledger-log.js';
import { nameOf, type Place, placeOf, placesOf, shown } from './places.js';
import { SOAK_RULES } from './planner.js';
import { commandText } from './rest-form.js';

const END_OF_TIME = '9999-12-31T00:00:00.000000Z';

/**
 * Applies the commands to the model in the order of their events, and asks it for everything that was
 * answered: what isn't the same is a difference.
 */
export class Audit {
  private readonly model = new ModelLedger(SOAK_RULES);
  private readonly places: ReadonlyMap<string, Place>;

  constructor(
    private readonly journal: Journal,
    private readonly client: pg.Client,
    private readonly ledgerId: number,
  ) {
    this.places = placesOf(journal.calls);
  }

  /** The model as it stands at the end; undefined when it could not follow the events to their end. */
  async run(): Promise<ModelLedger | undefined> {
    const { client, ledgerId, journal, model, places } = this;
    const refused = new Map((await refusedKeys(client, ledgerId)).map((each) => [each.key, each]));
    const batches = await batchTimes(client, ledgerId);
    const checks = new OpenChecks(checkList(journal, { refused, batches }));
    if (!(await this.followAll(checks))) return undefined;
    for (const check of checks.failed) this.unexplained(check);
    journal.count('refusals and dry runs explained by the model', checks.passed);
    everyAnswerHasItsEffect(places, refused, journal);
    everyRefusalWasTold(places, refused, model, journal);
    return model;
  }

  private async followAll(checks: OpenChecks): Promise<boolean> {
    const before = { sequence: 0, recordedAt: '' };
    for await (const event of loggedEvents(this.client, this.ledgerId)) {
      const { sequence, recordedAt } = event;
      if (sequence !== before.sequence + 1) this.journal.differs(`There is no event ${sequence - 1}`);
      checks.ask(this.model, before.sequence, [before.recordedAt, recordedAt]);
      if (!this.follow(event)) return false;
      Object.assign(before, { sequence, recordedAt });
    }
    checks.ask(this.model, before.sequence, [before.recordedAt, END_OF_TIME]);
    checks.end();
    this.journal.count('events applied to the model', before.sequence);
    return true;
  }

  /** Applies the command of an event; false when the model can't go on from there. */
  private follow(event: LoggedEvent): boolean {
    const { sequence, type, key, payload, recordedAt } = event;
    if (type === 'HoldExpired') {
      const command = { kind: 'expire' as const, id: payload.transactionId ?? 0 };
      return this.sameEffect(event, this.model.apply(command, recordedAt));
    }
    const place = placeOf(this.places, event);
    if (place === undefined)
      return this.differs(`Event ${sequence} (${type}, key ${key}) was asked for by nobody`);
    const { call, index, step } = place;
    if (place.event !== undefined) {
      return this.differs(`${nameOf(call, index)} has two events: ${place.event.sequence} and ${sequence}`);
    }
    place.event = event;
    this.orderIsKept(place, event);
    const { command } = step;
    const said =
      key === null
        ? this.model.apply(command, recordedAt)
        : this.model.submit(key, commandText(command), command, recordedAt);
    return this.sameEffect(event, said);
  }

  /** The model accepts it too, with the same number and the same balances after it. */
  private sameEffect(event: LoggedEvent, said: ModelAnswer): boolean {
    const { sequence, type, payload, key } = event;
    const about = `Event ${sequence}, ${type} ${JSON.stringify(payload)} of key ${key}`;
    if (!said.ok) return this.differs(`${about}\n    the model says ${shown(said)}`);
    const made = payload.transaction?.id ?? payload.transactionId;
    if (made !== said.id) return this.differs(`${about}\n    the model numbers it ${said.id}`);
    return touchedBy(payload).every(([account, asset], index) => {
      const { input, output, pendingIn, pendingOut } = this.model.balance(account, asset);
      const expected = [input, output, pendingIn, pendingOut].join();
      if (payload.after[index]?.join() === expected) return true;
      return this.differs(`${about}\n    ${account} ${asset} is ${expected} in the model`);
    });
  }

  /** What was asked comes after all that was known before; the steps of an atomic bulk stand together. */
  private orderIsKept({ call, index }: Place, { sequence, batch }: LoggedEvent): void {
    const { after, mode, number, steps } = call;
    if (sequence <= after) {
      this.differs(`${nameOf(call, index)} was sent after event ${after} was told, and is event ${sequence}`);
    }
    const first = mode === 'atomic' ? this.places.get(steps[0]?.key ?? '')?.event : undefined;
    if (first === undefined || (first.batch === batch && first.sequence + index === sequence)) return;
    this.differs(
      `Step ${index} of the atomic call ${number} is event ${sequence}, its first ${first.sequence}`,
    );
  }

  private unexplained({ call, index, told, window, said, at = 'an unknown time' }: Check): void {
    const { from, to } = window;
    this.differs(
      `${nameOf(call, index)} was told ${JSON.stringify(told)} at ${at}\n    ` +
        `after ${from} to ${to} events the model says ${shown(said)}`,
    );
  }

  private differs(what: string): false {
    this.journal.differs(what);
    return false;
  }
}
