import { CHART, RELEASE, valuesOf } from '../chart/render.js';
import { helmTools } from '../tools/helm-install.js';
import { mustRun, run, type Outcome } from '@defter/embedded';

/** helm with our chart, in one namespace of one cluster. */
export class Helm {
  constructor(
    private readonly kubeconfig: string,
    private readonly namespace: string,
    private readonly variant: string,
  ) {}

  /** `helm upgrade --install` with further values in the form of --set-json. */
  async upgrade(sets: readonly string[] = []): Promise<Outcome> {
    return this.run(['upgrade', '--install', RELEASE, CHART, '--timeout', '2m', ...this.values(sets)]);
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
    return ['-f', valuesOf(this.variant), ...sets.flatMap((set) => ['--set-json', set])];
  }

  private async run(args: readonly string[]): Promise<Outcome> {
    const { helm } = await helmTools();
    return run(helm, [...args, '-n', this.namespace, `--kubeconfig=${this.kubeconfig}`]);
  }
}
