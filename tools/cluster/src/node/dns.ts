import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChildServer } from '@defter/embedded';
import type { Kubectl } from '../control-plane/kubectl.js';
import { HOST_ADDRESS } from './machine.js';
import { NAMESPACE } from './installation.js';
import type { NodePrograms } from './node-packages.js';

const ADDRESS = /\d+\.\d+\.\d+\.\d+/g;

/** Answers for services by their names, as CoreDNS does in a cluster; for nothing else. */
export class ServiceNames {
  /** By service: its own address; none where callers get those of its pods. */
  private readonly own = new Map<string, readonly string[]>();
  private readonly pods = new Map<string, readonly string[]>();
  private readonly endWatches: readonly (() => Promise<void>)[];

  private constructor(
    private readonly server: ChildServer,
    private readonly hosts: string,
    kubectl: Kubectl,
  ) {
    const watch = (kind: string, columns: string, into: Map<string, readonly string[]>) =>
      kubectl.follows(
        ['get', kind, '-n', NAMESPACE, '--watch', '--no-headers', `-o=custom-columns=${columns}`],
        (line) => {
          const [name = '', addresses = ''] = line.split(/\s+/);
          into.set(name, addresses.match(ADDRESS) ?? []);
          this.write();
        },
      );
    const services = 'NAME:.metadata.name,ADDRESS:.spec.clusterIP';
    const service = String.raw`NAME:.metadata.labels.kubernetes\.io/service-name`;
    const endpoints = `${service},ADDRESSES:.endpoints[*].addresses[0]`;
    this.endWatches = [watch('services', services, this.own), watch('endpointslices', endpoints, this.pods)];
  }

  static async start(dir: string, { root, env }: NodePrograms, kubectl: Kubectl): Promise<ServiceNames> {
    const hosts = join(dir, 'hosts');
    mkdirSync(hosts, { recursive: true });
    const where = [`--listen-address=${HOST_ADDRESS}`, '--bind-interfaces', '--no-resolv', '--no-hosts'];
    // Every name is ours: one that we don't know doesn't exist, and is asked again the next time.
    const what = ['--local=/#/', `--hostsdir=${hosts}`, '--no-negcache', '--user=root', '--pid-file='];
    const server = await ChildServer.start({
      name: 'dnsmasq',
      command: join(root, 'usr/sbin/dnsmasq'),
      args: ['--keep-in-foreground', '--log-facility=-', ...where, ...what],
      env,
      logFile: join(dir, 'dnsmasq.log'),
      pidFile: join(dir, 'dnsmasq.pid'),
    });
    return new ServiceNames(server, hosts, kubectl);
  }

  async stop(): Promise<void> {
    for (const end of this.endWatches) await end();
    await this.server.stop();
  }

  private write(): void {
    const lines = [...this.own].flatMap(([name, own]) => {
      const addresses = own.length > 0 ? own : (this.pods.get(name) ?? []);
      return addresses.map((address) => `${address} ${name}.${NAMESPACE}.svc.cluster.local\n`);
    });
    // dnsmasq reads a file again when it is renamed into its folder.
    writeFileSync(`${this.hosts}.new`, lines.join(''));
    renameSync(`${this.hosts}.new`, join(this.hosts, 'services'));
  }
}
