import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { showsRegex } from '@defter/testing';
import { documentText } from './document-text.js';
import { operations } from './document.js';
import { checkerOf } from './schema-check.fixture.js';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly Readonly<Record<string, unknown>>[];
  readonly requestBody?: { readonly content: object };
  readonly responses: Readonly<Record<string, unknown>>;
  readonly security?: readonly object[];
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [member: string]: unknown;
}

const text = documentText();
const document = JSON.parse(text) as Document;
const all = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Every object in the document with its place. */
const walk = (
  value: unknown,
  place: string,
  visit: (value: Record<string, unknown>, place: string) => void,
): void => {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) visit(value as Record<string, unknown>, place);
  for (const [name, member] of Object.entries(value)) walk(member, `${place}/${name}`, visit);
};

// The rules are those of the OpenAPI Specification 3.1.0, section 4.8, for the objects that stand here.
describe('the bodies of requests', () => {
  it('say in words what every form of a text is', () => {
    const silent: string[] = [];
    const look = (schema: unknown, place: string, isSaid: boolean): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const said = isSaid || 'expected' in schema;
      if ('pattern' in schema && typeof schema.pattern === 'string' && !said) silent.push(place);
      if ('expected' in schema && showsRegex(String(schema.expected))) silent.push(place);
      for (const [name, member] of Object.entries(schema)) look(member, `${place}/${name}`, said);
    };
    const bodies = Object.entries(operations).filter(([, { body }]) => body !== undefined);
    expect(bodies.length).toBeGreaterThan(10);
    for (const [name, { body }] of bodies) look(body, name, false);
    expect(silent).toEqual([]);
  });
});

describe('the OpenAPI document', () => {
  it('has the members of a document and no others', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(Object.keys(document).sort()).toEqual([
      'components',
      'info',
      'openapi',
      'paths',
      'security',
      'servers',
    ]);
    expect(document['info']).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    const components = ['headers', 'parameters', 'responses', 'schemas', 'securitySchemes'];
    expect(Object.keys(document.components).sort()).toEqual(components);
    for (const names of Object.values(document.components))
      for (const name of Object.keys(names)) expect(name).toMatch(/^[\w.-]+$/);
  });

  it('refers to nothing that is not there', () => {
    walk(document, '#', ({ $ref }, place) => {
      if (typeof $ref !== 'string') return;
      const [, , kind = '', name = ''] = $ref.split('/');
      expect([place, document.components[kind]?.[name] !== undefined]).toEqual([place, true]);
    });
  });

  it('names each operation once, and each path parameter of it', () => {
    const ids = all.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    for (const { path, operation } of all) {
      expect(path).toMatch(/^\/[\w{}/.-]*$/);
      const inPath = operation.parameters.filter((parameter) => parameter['in'] === 'path');
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect([path, inPath.map(({ name }) => name)]).toEqual([path, names]);
      expect(inPath.every(({ required }) => required === true)).toBe(true);
      const keys = operation.parameters.map(
        (parameter) => `${String(parameter['in'])} ${String(parameter['name'])}`,
      );
      const own = keys.filter((key) => !key.startsWith('undefined'));
      expect(new Set(own).size).toBe(own.length);
    }
  });

  it('says of each operation what it answers, and of reads that they have no body', () => {
    for (const { path, method, operation } of all) {
      const known = [
        'description',
        'operationId',
        'parameters',
        'requestBody',
        'responses',
        'security',
        'summary',
      ];
      expect(known).toEqual(expect.arrayContaining(Object.keys(operation)));
      expect(['get', 'head', 'post', 'put', 'patch', 'delete']).toContain(method);
      if (['get', 'head', 'delete'].includes(method)) expect(operation.requestBody).toBeUndefined();
      const codes = Object.keys(operation.responses);
      expect(codes.every((code) => /^[1-5](\d\d|XX)$/.test(code))).toBe(true);
      expect([path, codes.some((code) => code.startsWith('2'))]).toEqual([path, true]);
    }
  });

  it('has schemas of JSON Schema 2020-12 only, with expressions that compile', () => {
    const { check } = checkerOf(document, false);
    for (const schema of Object.values(document.components['schemas'] ?? {}))
      // Whatever the value: a keyword that the checker doesn't know throws.
      for (const value of ['a', 1, null, {}, []]) check(schema as Readonly<Record<string, unknown>>, value);
    walk(document, '#', ({ pattern, type }, place) => {
      if (typeof pattern === 'string' && type === 'string')
        expect([place, new RegExp(pattern, 'u').source]).toBeDefined();
      if (typeof type === 'string' && place.includes('/schemas/'))
        expect(['string', 'integer', 'number', 'boolean', 'object', 'array']).toContain(type);
    });
  });

  it('describes every route, and nothing that is no route', () => {
    const routes = all.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    expect(all.filter(({ operation }) => operation.summary === 'Not described yet')).toEqual([]);
    expect(Object.keys(operations).filter((name) => !routes.includes(name))).toEqual([]);
  });

  it('is the file of docs/reference; node apps/ledger/dist/openapi/write-docs.js writes it', async () => {
    const file = new URL('../../../../docs/reference/ledger-openapi.json', import.meta.url);
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});
