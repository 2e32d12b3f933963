import { Injectable } from '@nestjs/common';
import type { Decision } from '@defter/kernel';
import { notFound } from '@defter/platform';
import { Bookkeeper } from '../bookkeeper.js';
import { BookClock } from '../book-clock.js';
import { Connections } from '../connections.js';
import { type InjectedFault, Settlements } from '../settlements/settlements.read.js';
import { decideFaults, type FaultRefusal, type FaultsSet, type WantedFault } from './set-faults.decider.js';

/** Sets faults for settlement files and tells where they show. */
@Injectable()
export class ReportFaults {
  constructor(
    private readonly bookkeeper: Bookkeeper,
    private readonly settlements: Settlements,
    private readonly connections: Connections,
    private readonly clock: BookClock,
  ) {}

  /**
   * All of the wanted faults or none; durable when it resolves. @throws ProblemException 404 for an unknown
   * connection
   */
  async set(
    connectionId: string,
    wanted: readonly WantedFault[],
  ): Promise<Decision<FaultsSet, FaultRefusal>> {
    if ((await this.connections.findById(connectionId)) === undefined)
      throw notFound('There is no such connection');
    const { book } = this.bookkeeper;
    const command = { connectionId, wanted, at: this.clock.now() };
    const decision = decideFaults(
      command,
      this.settlements.settledIds(connectionId),
      book.faultsOf(connectionId),
    );
    if (decision.accepted) for (const event of decision.events) await this.bookkeeper.record(event);
    return decision;
  }

  /** What was injected into the files of one connection, or of all. */
  async injected(connectionId: string | undefined): Promise<readonly InjectedFault[]> {
    const all = this.bookkeeper.book.allFaults().map((fault) => fault.connectionId);
    const ids = connectionId === undefined ? [...new Set(all)] : [connectionId];
    return (await Promise.all(ids.map((id) => this.settlements.injected(id)))).flat();
  }
}
