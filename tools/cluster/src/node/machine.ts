// Inside the namespaces: what a machine has before a node starts on it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '@defter/embedded';

/** Where servers outside of Kubernetes listen: PostgreSQL, Kafka, DNS. */
export const HOST_ADDRESS = '10.240.0.1';
export const POD_NETWORK = '10.244.0.0/16';
/** The address of a node, and the network of its pods. */
export const nodeAddress = (index: number): string => `10.240.0.${index + 10}`;
export const podNetwork = (index: number): string => `10.244.${index}.0/24`;

/** What kubelet would write for the whole machine, namespaces or not. */
const KUBELETS: Readonly<Record<string, string>> = {
  'vm/overcommit_memory': '1',
  'vm/panic_on_oom': '0',
  'kernel/panic': '10',
  'kernel/panic_on_oops': '1',
  'kernel/keys/root_maxkeys': '1000000',
  'kernel/keys/root_maxbytes': '25000000',
};
/** Folders that kubelet, containerd and network plugins take for theirs. */
const OWN_FOLDERS = ['run', 'var/lib', 'var/log'] as const;

/** Network and folders of the machine, and files in the place of settings that nobody may change. */
export async function prepareMachine(dir: string, nodes: number): Promise<void> {
  await ip('link', 'set', 'lo', 'up');
  await ip('link', 'add', 'node0', 'type', 'bridge');
  const addresses = [HOST_ADDRESS, ...Array.from({ length: nodes }, (_, index) => nodeAddress(index))];
  for (const address of addresses) await ip('address', 'add', `${address}/24`, 'dev', 'node0');
  await ip('link', 'set', 'node0', 'up');
  // What has no route is refused before iptables could send it to a service.
  await ip('route', 'add', 'default', 'dev', 'node0');
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
  await shadowSettings(join(dir, 'settings'));
  await ownFolders(join(dir, 'machine'));
}

const ip = (...args: readonly string[]): Promise<string> => mustRun('ip', args);

async function shadowSettings(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true });
  for (const [name, wanted] of Object.entries(KUBELETS)) {
    const setting = join('/proc/sys', name);
    if (readFileSync(setting, 'utf8').trim() === wanted) continue;
    const file = join(dir, name.replaceAll('/', '.'));
    writeFileSync(file, `${wanted}\n`);
    await mustRun('mount', ['--bind', file, setting]);
  }
}

/** Mounts empty folders over the machine's own, for this process and those that it starts. */
export async function ownFolders(dir: string): Promise<void> {
  for (const command of ownFolderCommands(dir)) await mustRun('sh', ['-c', command]);
}

/** The same for another mount namespace, as commands of a shell. */
export function ownFolderCommands(dir: string): string[] {
  return OWN_FOLDERS.map((folder) => {
    const own = join(dir, folder.replace('/', '-'));
    mkdirSync(own, { recursive: true });
    return `mount --bind '${own}' /${folder}`;
  });
}
