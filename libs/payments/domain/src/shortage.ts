/** Which account lacked funds for a hold, as the ledger said it: in the smallest unit of its currency. */
export interface Shortage {
  readonly account: string;
  readonly neededMinor: bigint;
  readonly availableMinor: bigint;
}

/** A shortage where there is one to tell. */
export interface WithShortage {
  readonly shortage?: Shortage;
}

/** The part of a record that tells of a shortage; nothing where none is known. */
export const shortageIn = ({ shortage }: WithShortage): WithShortage =>
  shortage === undefined ? {} : { shortage };
