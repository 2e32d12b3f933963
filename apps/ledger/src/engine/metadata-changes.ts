import type { LedgerEvent, Metadata } from '@defter/ledger-domain';

/** What a batch does to the metadata of one target: first these names go, then these are set. */
interface Change {
  readonly set: Map<string, string>;
  readonly gone: Set<string>;
  /** Sequence of the event that first set something: it opens an account that wasn't there. */
  opensAt: number | null;
}

/**
 * The change as JSON: an object of what is set, an array of the names that go; null where nothing changed.
 */
type ChangeText =
  { readonly patch: string; readonly gone: string } | { readonly patch: null; readonly gone: null };

const NO_CHANGE: ChangeText = { patch: null, gone: null };

/** The metadata changes of a batch, folded: two changes of one target count both, in their order. */
export class MetadataChanges {
  readonly accounts = new Map<string, Change>();
  private readonly changedTransactions = new Map<number, Change>();

  apply(event: LedgerEvent, sequence: number): void {
    switch (event.type) {
      case 'TransactionCreated':
        for (const [address, metadata] of Object.entries(event.transaction.accountMetadata ?? {})) {
          set(changeOf(this.accounts, address), metadata, sequence);
        }
        return;
      case 'MetadataSet':
        return set(this.at(event.target), event.metadata, sequence);
      case 'MetadataDeleted': {
        const change = this.at(event.target);
        change.set.delete(event.key);
        change.gone.add(event.key);
        return;
      }
      default:
        return;
    }
  }

  /** Transactions of earlier batches that changed; ask after `takeTransaction`. */
  get transactions(): Iterable<number> {
    return this.changedTransactions.keys();
  }

  ofTransaction(id: number): ChangeText {
    return textOf(this.changedTransactions.get(id));
  }

  ofAccount(address: string): ChangeText {
    return textOf(this.accounts.get(address));
  }

  /** The metadata that a transaction of this batch ends with, as JSON; null when it has none. */
  takeTransaction(id: number, created: Metadata): string | null {
    const change = this.changedTransactions.get(id);
    if (change === undefined) return Object.keys(created).length === 0 ? null : JSON.stringify(created);
    this.changedTransactions.delete(id);
    const metadata = new Map(Object.entries(created));
    for (const name of change.gone) metadata.delete(name);
    for (const [name, value] of change.set) metadata.set(name, value);
    return metadata.size === 0 ? null : toJson(metadata);
  }

  private at(target: Extract<LedgerEvent, { type: 'MetadataSet' }>['target']): Change {
    return target.kind === 'account'
      ? changeOf(this.accounts, target.address)
      : changeOf(this.changedTransactions, target.id);
  }
}

const changeOf = <K>(changes: Map<K, Change>, target: K): Change => {
  const known = changes.get(target);
  if (known !== undefined) return known;
  const change: Change = { set: new Map(), gone: new Set(), opensAt: null };
  changes.set(target, change);
  return change;
};

const set = (change: Change, metadata: Metadata, sequence: number): void => {
  change.opensAt ??= sequence;
  for (const [name, value] of Object.entries(metadata)) change.set.set(name, value);
};

const textOf = (change: Change | undefined): ChangeText =>
  change === undefined ? NO_CHANGE : { patch: toJson(change.set), gone: JSON.stringify([...change.gone]) };

/** Not through an object: a name such as `__proto__` is a name like any other. */
const toJson = (metadata: ReadonlyMap<string, string>): string =>
  `{${[...metadata].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`;
