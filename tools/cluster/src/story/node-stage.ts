import type { NodeCluster } from '../node/node-cluster.js';
import type { CheckList } from './check-list.js';
import type { MainJobStage } from './main-job.js';
import type { SteadyClient } from './steady-client.js';

/** What the parts of the story share. */
export interface NodeStage {
  readonly cluster: NodeCluster;
  readonly list: CheckList;
  readonly urls: MainJobStage['urls'];
  /** Starts a client that books all along; its name tells its account from others'. */
  client(name: string): SteadyClient;
}
