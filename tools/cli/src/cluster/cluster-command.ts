import { runCluster, type MainJob } from '@defter/cluster';
import { Stage } from '../demo/stage.js';
import { playStory } from '../demo/story.js';

/** Smaller than the demo's: pods of every service share two processors with all of Kubernetes. */
const SCALE = { deposits: 100, withdrawals: 30 };

const mainJob: MainJob = async ({ tenant, urls, killLedger }, say) =>
  (await playStory(new Stage(tenant, urls, killLedger), SCALE, say)).checks;

/** `./defter cluster …`, with the main job of the demo for a cluster with nodes. */
export const run = (args: readonly string[]): Promise<number> => runCluster(args, mainJob);
