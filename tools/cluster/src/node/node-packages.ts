// What a node needs besides Kubernetes itself: containerd, runc, network plugins, iptables, dnsmasq. Out of
// Debian's packages, laid out in a folder of ours; nothing of it is installed on the machine.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, downloaded, mustRun, run, withFileLock } from '@defter/embedded';

const PACKAGES = [
  'containerd',
  'runc',
  'containernetworking-plugins',
  'iptables',
  'dnsmasq-base',
  'busybox-static',
];
/** Change it with the list above: a folder that was made from another list is not used. */
const HOME = 'node-1';

/** Where the programs of a node are, and what they need in their environment to find each other. */
export interface NodePrograms {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Fetches what is missing, once per machine. */
export async function nodePrograms(): Promise<NodePrograms> {
  const home = join(cacheFolder(), HOME);
  const root = join(home, 'root');
  if (!existsSync(root)) {
    await withFileLock(join(home, 'install.lock'), async () => {
      if (!existsSync(root)) await install(home, root);
    });
  }
  return { root, env: environmentOf(root) };
}

function environmentOf(root: string): NodeJS.ProcessEnv {
  const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
  const programs = [join(root, 'usr/sbin'), join(root, 'usr/bin')];
  return {
    PATH: [...programs, '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':'),
    LD_LIBRARY_PATH: libraries,
    XTABLES_LIBDIR: join(libraries, 'xtables'),
    HOME: '/root',
  };
}

async function install(home: string, root: string): Promise<void> {
  process.stderr.write('  fetching containerd, runc and others (once per machine, 40 MB)\n');
  mkdirSync(home, { recursive: true });
  const fresh = mkdtempSync(join(home, 'new-'));
  try {
    const files = join(fresh, 'root');
    for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
      mkdirSync(join(files, 'usr', folder), { recursive: true });
      symlinkSync(join('usr', folder), join(files, folder)); // packages still say /lib and /sbin
    }
    const names = [...PACKAGES, ...(await missingLibraries())];
    for (const name of names) await unpack(await downloaded(name, fresh), files);
    chooseIptables(join(files, 'usr/sbin'));
    renameSync(files, root);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** dpkg-deb would put a folder in the place of our link. */
async function unpack(archive: string, files: string): Promise<void> {
  const tar = `${archive}.tar`;
  await mustRun('sh', ['-c', 'dpkg-deb --fsys-tarfile "$1" > "$2"', 'sh', archive, tar]);
  await mustRun('tar', ['-xf', tar, '--keep-directory-symlink', '-C', files]);
  rmSync(tar);
}

/** Libraries that these packages need and the machine doesn't have. */
async function missingLibraries(): Promise<string[]> {
  const depends = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];
  const flags = depends.map((kind) => `--no-${kind}`);
  const said = await mustRun('apt-cache', ['depends', '--recurse', ...flags, ...PACKAGES]);
  const libraries = [...new Set(said.split('\n'))].filter((line) => /^lib[a-z0-9.+-]+$/.test(line));
  const missing: string[] = [];
  for (const name of libraries) {
    const { code, stdout } = await run('dpkg-query', ['-W', '-f', '${db:Status-Status}', name]);
    if (code !== 0 || stdout !== 'installed') missing.push(name);
  }
  // Debian's installer and its other init system: alternatives of what is there.
  return missing.filter((name) => !/^lib(?:debian-installer|elogind|text|newt)/.test(name));
}

/** What the package's installation would choose by update-alternatives. */
function chooseIptables(sbin: string): void {
  for (const name of ['iptables', 'ip6tables']) {
    for (const tail of ['', '-save', '-restore'])
      symlinkSync('xtables-nft-multi', join(sbin, `${name}${tail}`));
  }
}
