import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CHECKOUT } from '@defter/embedded';
import { generatedFiles } from './generated.js';

describe('generated files', () => {
  it.each(Object.entries(generatedFiles()))(
    '%s is what the code says: ./defter cluster generate',
    (path, text) => {
      expect(readFileSync(join(CHECKOUT, path), 'utf8')).toBe(text);
    },
  );
});
