import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import { KNOWN_SQL, type KnownRow } from './card-guard.sql.js';
import { cardAddressesIn, type Place, placeInSubmission } from './card-numbers.js';
import { fingerprintOf } from './engine/draft.js';
import type { Submission } from './engine/submission.js';

/** Submissions that hold a card number, by their index, and where. */
export type CardPlaces = ReadonlyMap<number, Place>;

const NONE: CardPlaces = new Map();

/** Whether one of them has to be asked about. Costs no query, for every write comes by here. */
export const haveSuspects = (submissions: readonly Submission[]): boolean => submissions.some(isSuspect);

const isSuspect = (submission: Submission): boolean =>
  submission.isVouchedFor !== true && placeInSubmission(submission) !== undefined;

/** Keeps card numbers out, without keeping back what was taken in before they were refused. */
@Injectable()
export class CardGuard {
  constructor(private readonly database: Database) {}

  /**
   * Which submissions would write a card number anew. A key that is known writes nothing: it answers what it
   * answered. An account that is there keeps its name, so that its money can be moved. Neither ever goes away
   * again, so what is read here still holds when the batch is decided.
   */
  async newCardsIn(ledgerId: number, submissions: readonly Submission[]): Promise<CardPlaces> {
    if (!haveSuspects(submissions)) return NONE;
    const { keys, accounts } = await this.known(ledgerId, submissions);
    const isKnown = ({ key }: Submission): boolean => key !== undefined && keys.has(key);
    const repeats = submissions.some((each) => isPartOfBulk(each) && isSame(each, keys));
    const found = new Map<number, Place>();
    for (const [index, submission] of submissions.entries()) {
      // A bulk that comes again: behind a refusal there are parts whose keys were never used, and won't be.
      const isRepeated = isKnown(submission) || (repeats && isPartOfBulk(submission));
      if (submission.isVouchedFor === true || isRepeated) continue;
      const place = placeInSubmission(submission, (address) => accounts.has(address));
      if (place !== undefined) found.set(index, place);
    }
    return found;
  }

  private async known(ledgerId: number, submissions: readonly Submission[]) {
    const keys = submissions.flatMap(({ key }) => key ?? []);
    const addresses = submissions.flatMap(({ command }) => cardAddressesIn(command));
    const [row] = await this.database.query<KnownRow>(KNOWN_SQL, [ledgerId, keys, [...new Set(addresses)]]);
    return { keys: new Map(row?.keys), accounts: new Set(row?.accounts) };
  }
}

/** Its key is the bulk's, and its fingerprint tells the whole bulk. */
const isPartOfBulk = ({ context }: Submission): boolean => context !== undefined;

const isSame = (submission: Submission, keys: ReadonlyMap<string, string>): boolean =>
  submission.key !== undefined && keys.get(submission.key) === fingerprintOf(submission);
