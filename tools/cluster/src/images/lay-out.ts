// node tools/cluster/dist/images/lay-out.js <service> <folder>: the files of an image, for images/Dockerfile.
import { join } from 'node:path';
import { CHECKOUT } from '@defter/embedded';
import { readFileSync } from 'node:fs';
import { layCode, layPackages } from './layers.js';
import { packageClosure } from './package-closure.js';
import { reachableFrom } from './reachable-files.js';
import { sbomOf } from './sbom.js';

const [service = '', folder = ''] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as { version: string };
const reachable = reachableFrom(service);
const packages = packageClosure(reachable.packages);
layPackages(folder, packages);
layCode(folder, reachable, sbomOf(service, version, packages));
