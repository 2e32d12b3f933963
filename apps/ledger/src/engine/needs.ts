import type { LedgerCommand, LedgerState, Posting, TransactionName } from '@defter/ledger-domain';
import type { Group } from './submission.js';

/** What has to be read before a batch can be decided. */
export interface Needs {
  readonly keys: readonly string[];
  readonly references: readonly string[];
  readonly transactionIds: readonly number[];
  /** Accounts and assets, pairwise. */
  readonly accounts: readonly string[];
  readonly assets: readonly string[];
}

/** Only the head is read. */
export const NO_NEEDS: Needs = {
  keys: [],
  references: [],
  transactionIds: [],
  accounts: [],
  assets: [],
};

class NeedsCollector {
  readonly keys = new Set<string>();
  readonly references = new Set<string>();
  readonly transactionIds = new Set<number>();
  readonly balances = new Map<string, readonly [string, string]>();

  constructor(private readonly state: LedgerState) {}

  command(command: LedgerCommand): void {
    switch (command.type) {
      case 'CreateTransaction':
        if (command.reference !== undefined) this.references.add(command.reference);
        for (const address of Object.keys(command.accountMetadata ?? {})) this.account(address);
        command.conditions?.forEach(({ account, asset }) => this.balance(account, asset));
        command.expectedBalances?.forEach(({ account, asset }) => this.balance(account, asset));
        command.script?.balances.forEach(([account, asset]) => this.balance(account, asset));
        return command.postings.forEach((posting) => this.posting(posting));
      case 'PostHold':
      case 'VoidHold':
      case 'ExpireHold':
        return this.name(command.hold);
      case 'RevertTransaction':
        return this.name(command.transaction);
      case 'SetMetadata':
      case 'DeleteMetadata':
        if (command.target.kind === 'transaction') this.transactionIds.add(command.target.id);
        else this.account(command.target.address);
    }
  }

  posting({ source, destination, asset }: Posting): void {
    this.balance(source, asset);
    this.balance(destination, asset);
  }

  /** Only whether it exists is asked: no balance has an empty asset. */
  private account(address: string): void {
    this.balances.set(address, [address, '']);
  }

  private balance(account: string, asset: string): void {
    if (!this.state.hasBalance(account, asset)) this.balances.set(`${account} ${asset}`, [account, asset]);
  }

  private name(name: TransactionName): void {
    if ('id' in name) this.transactionIds.add(name.id);
    else this.references.add(name.reference);
  }

  get needs(): Needs {
    const pairs = [...this.balances.values()];
    return {
      keys: [...this.keys],
      references: [...this.references],
      transactionIds: [...this.transactionIds],
      accounts: pairs.map(([account]) => account),
      assets: pairs.map(([, asset]) => asset),
    };
  }
}

/** What the groups of a batch touch, less the balances that the state has already. */
export const needsOf = (groups: readonly Group[], state: LedgerState): Needs => {
  const collector = new NeedsCollector(state);
  for (const { submissions } of groups) {
    for (const { command, key } of submissions) {
      if (key !== undefined) collector.keys.add(key);
      collector.command(command);
    }
  }
  return collector.needs;
};

/** The balances that loaded transactions touch: known only once they are read. */
export const needsOfPostings = (postings: Iterable<Posting>, state: LedgerState): Needs => {
  const collector = new NeedsCollector(state);
  for (const posting of postings) collector.posting(posting);
  return collector.needs;
};
