import { RequestMethod, type Type } from '@nestjs/common';
import { handlerPolicy, type RoutePolicy } from '@defter/platform';

/** A route as its controller declares it. */
export interface Route {
  readonly method: string;
  /** `/v2/{ledger}`; routes under `/api/ledger/v2` are the same ones and stand once. */
  readonly path: string;
  /** Status of the usual answer. */
  readonly status: number;
  readonly access: RoutePolicy['access'];
}

/** Nest's names for what its decorators keep. */
const PATH = 'path';
const METHOD = 'method';
const STATUS = '__httpCode__';

const listOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? (value as string[]) : [String(value)];

const joined = (...parts: readonly string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter((segment) => segment !== '')
    .map((segment) => (segment.startsWith(':') ? `{${segment.slice(1)}}` : segment))
    .join('/')}`;

/** The second name of a path, under which the published client looks for it. */
const ALIAS = '/api/ledger';

const isAlias = (path: string): boolean => path.startsWith(`${ALIAS}/v2/`) || path === `${ALIAS}/v2`;

/** All routes of these controllers, each once, in the order of the path. */
export const routesOf = (controllers: readonly Type[]): readonly Route[] =>
  controllers
    .flatMap(routesOfController)
    .filter(({ path }) => !isAlias(path))
    .sort((a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`, 'en'));

const routesOfController = (controller: Type): Route[] => {
  const prototype = controller.prototype as Readonly<Record<string, unknown>>;
  const bases = listOf(Reflect.getMetadata(PATH, controller));
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name] as object;
    const method = name === 'constructor' ? undefined : methodOf(handler);
    if (method === undefined) return [];
    const status =
      (Reflect.getMetadata(STATUS, handler) as number | undefined) ?? (method === 'POST' ? 201 : 200);
    const { access } = handlerPolicy(handler);
    return bases.flatMap((base) =>
      listOf(Reflect.getMetadata(PATH, handler)).map((path) => ({
        method,
        path: joined(base, path),
        status,
        access,
      })),
    );
  });
};

const methodOf = (handler: object): string | undefined => {
  const method = Reflect.getMetadata(METHOD, handler) as RequestMethod | undefined;
  return method === undefined ? undefined : RequestMethod[method];
};
