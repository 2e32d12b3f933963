import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Manifest } from '../chart/manifest.js';
import { helmTools } from '../tools/helm-install.js';
import { mustRun, run, type Outcome } from '@defter/embedded';

/** An object as the API server gives it. */
export interface LiveObject extends Manifest {
  readonly status?: Readonly<Record<string, unknown>>;
}

/** kubectl against one cluster. */
export class Kubectl {
  private constructor(
    private readonly program: string,
    private readonly kubeconfig: string,
  ) {}

  static async of(kubeconfig: string): Promise<Kubectl> {
    const { kubectl } = await helmTools();
    return new Kubectl(kubectl, kubeconfig);
  }

  /** Throws with what kubectl said unless it succeeds. */
  async does(...args: readonly string[]): Promise<string> {
    return mustRun(this.program, [`--kubeconfig=${this.kubeconfig}`, ...args]);
  }

  /** Never throws because of its exit code. */
  async tries(...args: readonly string[]): Promise<Outcome> {
    return run(this.program, [`--kubeconfig=${this.kubeconfig}`, ...args]);
  }

  /** Hears each line that kubectl says, until the returned function ends it. */
  follows(args: readonly string[], hear: (line: string) => void): () => Promise<void> {
    const command = ['--pdeathsig', 'KILL', '--', this.program, `--kubeconfig=${this.kubeconfig}`, ...args];
    const child = spawn('setpriv', command, { stdio: ['ignore', 'pipe', 'ignore'] });
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    createInterface({ input: child.stdout }).on('line', hear);
    return async () => {
      child.kill();
      await exited;
    };
  }

  /** Gives it this text as `-f -`. */
  async applies(text: string, ...args: readonly string[]): Promise<Outcome> {
    return run(this.program, [`--kubeconfig=${this.kubeconfig}`, 'apply', '-f', '-', ...args], {
      input: text,
    });
  }

  /** Objects of a kind in a namespace, of these labels. */
  async list(kind: string, namespace: string, labels = ''): Promise<LiveObject[]> {
    const selector = labels === '' ? [] : ['-l', labels];
    const text = await this.does('get', kind, '-n', namespace, '-o', 'json', ...selector);
    return (JSON.parse(text) as { items: LiveObject[] }).items;
  }
}
