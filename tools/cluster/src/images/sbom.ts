import type { InstalledPackage } from './package-closure.js';

/** What is in an image, in CycloneDX 1.6 (JSON): https://cyclonedx.org/docs/1.6/json/ */
export function sbomOf(service: string, version: string, packages: readonly InstalledPackage[]): object {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name: `@defter/${service}`, version } },
    components: packages.map(({ path, name, version: installed, license, integrity }) => ({
      type: 'library',
      'bom-ref': path,
      name,
      version: installed,
      purl: `pkg:npm/${name.replace('@', '%40')}@${installed}`,
      ...(license === '' ? {} : { licenses: [licenseOf(license)] }),
      ...(integrity === '' ? {} : { hashes: [hashOf(integrity)] }),
    })),
  };
}

const licenseOf = (license: string): object =>
  /[ ()]/.test(license) ? { expression: license } : { license: { id: license } };

function hashOf(integrity: string): object {
  const [algorithm = '', content = ''] = integrity.split(/-(.*)/s);
  return {
    alg: algorithm.toUpperCase().replace('SHA', 'SHA-'),
    content: Buffer.from(content, 'base64').toString('hex'),
  };
}
