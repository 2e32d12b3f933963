import type { RunStatus } from '@defter/reconciliation-domain';

/** How the rest of the service has somebody look again; kept by the slice `runs`. */
export abstract class RunAsker {
  /**
   * A new run of everything of the connection as of now; nothing while one that was asked for earlier is
   * under way (it may have looked already), or where the connection's reports can't be read.
   */
  abstract ask(
    tenantId: string,
    source: { readonly provider: string; readonly connectionId: string },
    because: string,
  ): Promise<string | undefined>;
  /** How far a run is; nothing for one that isn't the tenant's. */
  abstract statusOf(tenantId: string, runId: string): Promise<RunStatus | undefined>;
}
