import { writeFile } from 'node:fs/promises';
import { scenarioDocs } from './scenario-docs.js';

await writeFile(new URL('../../../../docs/reference/mock-provider.md', import.meta.url), scenarioDocs());
