import { Injectable } from '@nestjs/common';
import type { Drift } from '@defter/reconciliation-domain';
import type { Job, JobResult, RunningJob } from '../jobs/job.js';
import { type LedgerBalance, LedgerApi, type LedgerName } from '../ledger-api.js';
import { AccountLook, type Write } from './account-look.js';
import { BalanceSums, BEGINNING, type Place } from './balance-sums.js';
import { DriftFindings } from './drift-findings.js';
import { isSame } from './possible-states.js';
import { type ScanProgress, progressOf } from './scan-progress.js';

/** Events of one step of adding up, at most; a step is one transaction. */
const EVENTS_PER_STEP = 50_000n;

/** Pages of the ledger's list between two savings of the place: what a crash has to look at again. */
const PAGES_PER_STEP = 20;

/** Drifts that stand in the run's result; all of them are findings. */
const SHOWN = 20;

const nameOf = ({ tenant }: RunningJob): LedgerName => ({ tenantId: tenant.id, ledger: tenant.ledger });

/**
 * Compares every balance of the ledger, and what its entries add up to, with what all events of the account
 * add up to. The events are those that were stored here as they were published, so that a change in the
 * ledger's own tables, events and balances alike, is seen. Memory stays bounded; a killed scan goes on where
 * it was.
 */
@Injectable()
export class LedgerWalletScan implements Job {
  readonly name = 'ledger-wallet-scan';

  constructor(
    private readonly ledger: LedgerApi,
    private readonly look: AccountLook,
    private readonly sums: BalanceSums,
    private readonly findings: DriftFindings,
  ) {}

  async run(job: RunningJob): Promise<JobResult> {
    const begun = await this.begin(job);
    const added = await this.addUp(job, begun);
    const compared = await this.compare(job, added);
    await this.compareEntries(job);
    const closed = await job.write((tx) => this.findings.closeOthers(tx, job));
    const open = await this.findings.ofRun(job);
    await this.sums.forget(job);
    const { head, accounts } = compared;
    job.info('Every account is compared', { accounts, drifting: open.length, closed });
    const facts = { ledger: job.tenant.ledger, head, accounts, drifting: open.length, closed };
    return { found: open.length, facts: { ...facts, drifts: open.slice(0, SHOWN) } };
  }

  /** The event up to which everything is added up first; the journal here must reach it. */
  private async begin(job: RunningJob): Promise<ScanProgress> {
    const known = progressOf(job.progress);
    if (known !== undefined) return known;
    await this.sums.forget(job);
    const head = await this.ledger.head(nameOf(job));
    await this.look.reach(nameOf(job), head, writer(job));
    const begun: ScanProgress = { head: `${head}`, added: '0', entriesAdded: '0', accounts: 0, place: null };
    await job.save({ ...begun });
    return begun;
  }

  private async addUp(job: RunningJob, begun: ScanProgress): Promise<ScanProgress> {
    let progress = begun;
    const head = BigInt(begun.head);
    while (BigInt(progress.added) < head) {
      const from = BigInt(progress.added);
      const most = from + EVENTS_PER_STEP < head ? from + EVENTS_PER_STEP : head;
      const { through: to, sums: entries } = await this.ledger.entrySums(nameOf(job), from + 1n, most);
      progress = { ...progress, added: `${to}`, entriesAdded: `${to}` };
      await this.sums.add(job, { from, to, entries }, { ...progress });
      job.info('Events are added up', { added: progress.added, of: progress.head });
    }
    return progress;
  }

  /** Walks the ledger's list and the sums side by side: both are in the same order. */
  private async compare(job: RunningJob, added: ScanProgress): Promise<ScanProgress> {
    let progress = added;
    const of = await this.sums.count(job);
    while (progress.place !== 'end') {
      progress = await this.somePages(job, progress);
      await job.save({ ...progress, of });
    }
    return progress;
  }

  private async somePages(job: RunningJob, { place, ...rest }: ScanProgress): Promise<ScanProgress> {
    let [cursor, from] = beginningOf(place);
    let { accounts } = rest;
    for (let pages = 0; pages < PAGES_PER_STEP; pages++) {
      const page = await this.ledger.balances(nameOf(job), cursor);
      const last = page.balances.at(-1);
      const to = page.next === undefined || last === undefined ? undefined : placeOf(last);
      await this.comparePage(job, page.balances, [from, to]);
      accounts += page.balances.length;
      if (page.next === undefined || to === undefined) return { ...rest, accounts, place: 'end' };
      [cursor, from] = [page.next, to];
    }
    return { ...rest, accounts, place: { cursor: cursor ?? '', after: from } };
  }

  /** A first look at a page; what isn't the sum is looked at a second time, exactly. */
  private async comparePage(
    job: RunningJob,
    balances: readonly LedgerBalance[],
    [from, to]: readonly [Place, Place | undefined],
  ): Promise<void> {
    const found = new Map(balances.map((balance) => [placeOf(balance).join(' '), balance]));
    const suspects: Place[] = [];
    for await (const sum of this.sums.between(job, from, to)) {
      const name = placeOf(sum).join(' ');
      const balance = found.get(name);
      if (balance === undefined || !isSame(balance, sum)) suspects.push(placeOf(sum));
      found.delete(name);
    }
    // No event names these, and yet something is in them.
    for (const balance of found.values())
      if (!isSame(balance, { input: 0n, output: 0n })) suspects.push(placeOf(balance));
    for (const [account, asset] of suspects) await this.lookAgain(job, { account, asset });
  }

  /** Of the events up to the head: what is recorded of them never changes, so that one look is enough. */
  private async compareEntries(job: RunningJob): Promise<void> {
    const { ledger } = job.tenant;
    const known = await this.findings.placesOf(job);
    for await (const { account, asset, entries, ...expected } of this.sums.entriesOff(job)) {
      if (known.has(`${account} ${asset}`)) continue;
      job.warn('The entries of an account are not what its events say', { ledger });
      const drift = {
        ledger,
        account,
        asset,
        of: 'entries',
        expected,
        actual: entries,
        moving: false,
      } as const;
      await job.write((tx) => this.findings.raise(tx, job, drift));
    }
  }

  private async lookAgain(job: RunningJob, at: { account: string; asset: string }): Promise<void> {
    const drift: Drift | undefined = await this.look.drift(nameOf(job), at, writer(job));
    if (drift === undefined) return;
    job.warn('An account is not what its events say', { ledger: drift.ledger });
    await job.write((tx) => this.findings.raise(tx, job, drift));
  }
}

/** Where the ledger's list is read on, and the place in the sums that goes with it. */
const beginningOf = (place: ScanProgress['place']): [cursor: string | undefined, from: Place] =>
  place === null || place === 'end' ? [undefined, BEGINNING] : [place.cursor, place.after];

const placeOf = ({ account, asset }: LedgerBalance): Place => [account, asset];

const writer =
  (job: RunningJob): Write =>
  (work) =>
    job.write(work);
