// Which environment variables each service reads, and which of them are secrets. The chart refuses others.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '@defter/embedded';
import { baseConfig, databaseConfig, kafkaConfig, tenantsConfig } from '@defter/platform';

/** Variables of one service. */
export interface KnownSettings {
  readonly plain: readonly string[];
  readonly secret: readonly string[];
}

const PLATFORM = { baseConfig, databaseConfig, kafkaConfig, tenantsConfig };

/** Read from each service's `config.ts`: no tool may import a service. */
export function knownSettings(): Record<string, KnownSettings> {
  const apps = join(CHECKOUT, 'apps');
  const services = readdirSync(apps).filter((name) => existsSync(join(apps, name, 'src/config.ts')));
  return Object.fromEntries(services.sort().map((name) => [name, settingsOf(join(apps, name))]));
}

function settingsOf(app: string): KnownSettings {
  const source = readFileSync(join(app, 'src/config.ts'), 'utf8');
  const named = [...source.matchAll(/(\w+)\(\s*'([A-Z][A-Z0-9_]*)'/g)];
  const spread = Object.entries(PLATFORM).filter(([name]) => source.includes(`...${name}`));
  const inherited = spread.flatMap(([, settings]) => Object.values(settings));
  const secret = [
    ...named.filter(([, reader]) => reader === 'secret').map(([, , name = '']) => name),
    ...inherited.filter((setting) => setting.secret).map(({ env }) => env),
    ...(existsSync(join(app, 'migrations')) ? ['MIGRATOR_DATABASE_URL'] : []),
  ];
  const all = [...named.map(([, , name = '']) => name), ...inherited.map(({ env }) => env)];
  return { plain: sorted(all.filter((name) => !secret.includes(name))), secret: sorted(secret) };
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();
