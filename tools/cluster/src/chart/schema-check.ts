import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { CHECKOUT } from '@defter/embedded';
import type { Manifest } from './manifest.js';

interface Schemas {
  readonly kinds: Readonly<Record<string, object>>;
  readonly definitions: Readonly<Record<string, object>>;
}

const { kinds, definitions } = JSON.parse(
  readFileSync(join(CHECKOUT, 'tools/cluster/schemas/manifests.json'), 'utf8'),
) as Schemas;

const ajv = new Ajv({ allErrors: true, strict: false });
const compiled = new Map<string, ValidateFunction>();

/** What is wrong with an object by the schema of its kind: unknown members too, and a kind without schema. */
export function schemaProblems(manifest: Manifest): string[] {
  const kind = `${manifest.apiVersion}/${manifest.kind}`;
  const schema = kinds[kind];
  const at = `${manifest.kind}/${manifest.metadata.name}`;
  if (schema === undefined) return [`${at}: there is no schema of ${kind}`];
  const validate = compiled.get(kind) ?? ajv.compile({ ...schema, definitions });
  compiled.set(kind, validate);
  if (validate(manifest)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const extra = 'additionalProperty' in params ? `: ${String(params['additionalProperty'])}` : '';
    return `${at}${instancePath} ${message ?? ''}${extra}`;
  });
}
