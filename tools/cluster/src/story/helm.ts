import { CHART, RELEASE } from '../chart/render.js';
import { helmTools } from '../tools/helm-install.js';
import { mustRun, run, type Outcome } from '@defter/embedded';

/** helm with our chart, in one namespace of one cluster. */
export class Helm {
  constructor(
    private readonly kubeconfig: string,
    private readonly namespace: string,
    /** Files of values, the later ones over the earlier. */
    private readonly files: readonly string[],
  ) {}

  /** `helm upgrade --install` with further values in the form of --set-json. */
  async upgrade(sets: readonly string[] = []): Promise<Outcome> {
    return this.run(['upgrade', '--install', RELEASE, CHART, '--timeout', '2m', ...this.values(sets)]);
  }

  /** The same, and it waits until everything is ready. */
  async upgradeAndWait(timeout: string, sets: readonly string[] = []): Promise<Outcome> {
    const flags = ['--wait', '--timeout', timeout];
    return this.run(['upgrade', '--install', RELEASE, CHART, ...flags, ...this.values(sets)]);
  }

  /** The same, and what doesn't get ready in time is rolled back. */
  async upgradeOrBack(timeout: string, sets: readonly string[] = []): Promise<Outcome> {
    const flags = ['--wait', '--rollback-on-failure', '--timeout', timeout];
    return this.run(['upgrade', RELEASE, CHART, ...flags, ...this.values(sets)]);
  }

  /** Revisions of the release, the newest last. */
  async history(): Promise<{ readonly revision: number; readonly status: string }[]> {
    const { stdout } = await this.run(['history', RELEASE, '-o', 'json']);
    return JSON.parse(stdout || '[]') as { revision: number; status: string }[];
  }

  async rollback(): Promise<Outcome> {
    return this.run(['rollback', RELEASE]);
  }

  async uninstall(): Promise<Outcome> {
    return this.run(['uninstall', RELEASE]);
  }

  /** The manifests, without a cluster. */
  async template(sets: readonly string[] = []): Promise<string> {
    const { helm } = await helmTools();
    return mustRun(helm, ['template', RELEASE, CHART, '-n', this.namespace, ...this.values(sets)]);
  }

  private values(sets: readonly string[]): string[] {
    return [...this.files.flatMap((file) => ['-f', file]), ...sets.flatMap((set) => ['--set-json', set])];
  }

  private async run(args: readonly string[]): Promise<Outcome> {
    const { helm } = await helmTools();
    return run(helm, [...args, '-n', this.namespace, `--kubeconfig=${this.kubeconfig}`]);
  }
}
