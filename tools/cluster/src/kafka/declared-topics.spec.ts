import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CHECKOUT } from '@defter/embedded';
import { deadLettersRead } from './consumed-topics.js';
import { kafkaUsers } from './user-manifests.js';

const APPS = join(CHECKOUT, 'apps');

/** Files of services that subscribe themselves, where the platform's consumers don't do it for them. */
function subscribers(): { service: string; source: string }[] {
  return readdirSync(APPS).flatMap((service) =>
    readdirSync(join(APPS, service, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.(spec|fixture)\.ts$|(^|\/)testing\//.test(file))
      .map((file) => ({ service, source: readFileSync(join(APPS, service, 'src', file), 'utf8') }))
      .filter(({ source }) => /messaging\s*\.subscribe\(/.test(source)),
  );
}

describe('what services declare', () => {
  it('is all that they read: whoever subscribes by itself says whose dead letters it reads', () => {
    const found = subscribers();
    expect(found.map(({ service }) => service)).toEqual(Object.keys(deadLettersRead()));
    for (const { service, source } of found) expect(source).toContain(`group = '${service}-dead-letters'`);
  });

  it('gives no user more than reading, writing and seeing, and by a pattern its own groups only', () => {
    for (const { metadata, spec } of kafkaUsers().filter((user) => user.metadata.name !== 'defter-keda')) {
      const service = metadata.name.replace('defter-', '');
      const patterns = spec.authorization.acls.filter(({ resource }) => resource.patternType !== 'literal');
      expect(patterns.map(({ resource }) => resource)).toEqual([
        { type: 'group', name: `${service}:`, patternType: 'prefix' },
      ]);
      const operations = new Set(spec.authorization.acls.flatMap((acl) => acl.operations));
      expect([...operations].filter((each) => !['Read', 'Write', 'Describe'].includes(each))).toEqual([]);
    }
  });
});
