/** Writes docs/reference/ledger-openapi.json: `node apps/ledger/dist/openapi/write-docs.js`. */
import { writeFile } from 'node:fs/promises';
import { documentText } from './document-text.js';

await writeFile(new URL('../../../../docs/reference/ledger-openapi.json', import.meta.url), documentText());
