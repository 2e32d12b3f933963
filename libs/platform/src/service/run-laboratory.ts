import type { Provider } from '@nestjs/common';
import { appendFileSync } from 'node:fs';
import type { BaseConfig } from './base-config.js';
import { CrashPoints } from './crash-points.js';
import type { Role, ServiceDefinition } from './definition.js';
import { LABORATORY_BUG, runService } from './run-service.js';

/** Bugs that a test can switch on, by name: the providers that have it in place of the right ones. */
export type Bugs = Readonly<Record<string, readonly Provider[]>>;

/** No bug: the names of the crash points that are passed are appended to CRASH_PASSAGES_FILE, each once. */
const NOTE_PASSAGES = 'note-passages';

const notedPassages = (): CrashPoints => new NotedPassages(process.env['CRASH_PASSAGES_FILE'] ?? '');

class NotedPassages extends CrashPoints {
  private readonly passed = new Set<string>();

  constructor(private readonly file: string) {
    super();
  }

  override reach(point: string): void {
    if (this.passed.has(point)) return;
    this.passed.add(point);
    appendFileSync(this.file, `${point}\n`);
  }
}

/**
 * The main of a service's laboratory build: the service with the bug that DEFTER_BUG names, so that a test
 * can show that it would be noticed. The service's own main refuses to start with DEFTER_BUG.
 */
export async function runLaboratory<C extends BaseConfig>(
  definition: ServiceDefinition<C>,
  bugs: Bugs,
): Promise<void> {
  const name = process.env[LABORATORY_BUG] ?? '';
  const known: Bugs = { ...bugs, [NOTE_PASSAGES]: [{ provide: CrashPoints, useFactory: notedPassages }] };
  const providers = Object.hasOwn(known, name) ? known[name] : undefined;
  if (providers === undefined)
    throw new Error(`${LABORATORY_BUG} must name one of: ${Object.keys(known).join(', ')}`);
  Reflect.deleteProperty(process.env, LABORATORY_BUG);
  const roles = Object.entries(definition.roles).map(([role, right]) => [role, withBug(right, providers)]);
  await runService({ ...definition, roles: Object.fromEntries(roles) as Record<string, Role<C>> });
}

/** Providers given later replace those of the same token. */
function withBug<C>(role: Role<C>, providers: readonly Provider[]): Role<C> {
  const module: Role<C>['module'] = (config) => {
    const right = role.module(config);
    return { ...right, providers: [...(right.providers ?? []), ...providers] };
  };
  return { ...role, module };
}
