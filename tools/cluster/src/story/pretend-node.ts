import { setTimeout as sleep } from 'node:timers/promises';
import type { Kubectl, LiveObject } from '../control-plane/kubectl.js';

const EVERY_MS = 200;

/** How the pods of a migration end. */
export type Ending = 'Succeeded' | 'Failed';

/**
 * There is no node, so nobody would ever end the pods of migrations: this says of each that it ended, as a
 * kubelet would. Everything else about them is Kubernetes' own.
 */
export class PretendNode {
  /** How it ends those that come from now on; exit code 78 for what fails. */
  ending: Ending = 'Succeeded';
  /** Deployments that there were when the first migration was seen. */
  deploymentsAtMigration: number | undefined;
  private stopped = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly kubectl: Kubectl,
    private readonly namespace: string,
  ) {}

  start(): void {
    this.loop = this.watch();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      const labels = 'app.kubernetes.io/component=migrate';
      const pods = await this.kubectl.list('pods', this.namespace, labels).catch(() => []);
      const open = pods.filter(({ status }) => status?.['phase'] === 'Pending');
      if (open.length > 0) this.deploymentsAtMigration ??= await this.deployments();
      for (const pod of open) await this.end(pod);
      await sleep(EVERY_MS);
    }
  }

  private async deployments(): Promise<number> {
    return (await this.kubectl.list('deployments', this.namespace)).length;
  }

  private async end({ metadata }: LiveObject): Promise<void> {
    const exitCode = this.ending === 'Succeeded' ? 0 : 78;
    const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' };
    const container = { name: 'migrate', image: '', imageID: '', ready: false, restartCount: 0 };
    const status = { phase: this.ending, containerStatuses: [{ ...container, state: { terminated } }] };
    const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
    await this.kubectl.tries('patch', 'pod', metadata.name, '-n', this.namespace, ...patch);
  }
}
