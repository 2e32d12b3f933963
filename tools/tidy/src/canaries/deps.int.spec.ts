import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT, runCheck, withFolder, type CheckRun } from '../testing/run-check.js';

/** Cruises a small workspace with the real rules. */
const cruise = (files: Readonly<Record<string, string>>): CheckRun =>
  withFolder({ 'tsconfig.base.json': '{}', ...files }, (folder) =>
    runCheck(
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      ['apps', '--config', join(ROOT, '.dependency-cruiser.cjs')],
      { cwd: folder },
    ),
  );

const SLICE = 'apps/shop/src/orders/place-order.handler.ts';
const empty = 'export {};\n';

describe('dependency-cruiser refuses', () => {
  it.each<[rule: string, what: string, files: Record<string, string>]>([
    [
      'no-cycle',
      'two files that import each other',
      {
        'apps/shop/src/a.ts': "import './b.js';\n",
        'apps/shop/src/b.ts': "import './a.js';\n",
      },
    ],
    [
      'no-cycle',
      'a cycle of types',
      {
        'apps/shop/src/a.ts': "import type { B } from './b.js';\nexport type A = B | 1;\n",
        'apps/shop/src/b.ts': "import type { A } from './a.js';\nexport type B = A | 2;\n",
      },
    ],
    [
      'slice-is-private',
      "another slice's inside",
      {
        [SLICE]: "import '../stock/reserve-stock.handler.js';\n",
        'apps/shop/src/stock/reserve-stock.handler.ts': empty,
      },
    ],
    [
      'tests-are-not-imported',
      'a test kit in a service',
      {
        [SLICE]: "import '../testing/orders.js';\n",
        'apps/shop/src/testing/orders.ts': empty,
      },
    ],
    ['resolvable', 'an import of nothing', { [SLICE]: "import './nothing.js';\n" }],
  ])('%s: %s', (rule, _, files) => {
    const { status, output } = cruise(files);
    expect(output).toContain(`error ${rule}: apps/shop/src/`);
    expect(status).not.toBe(0);
  });
});

describe('dependency-cruiser lets through', () => {
  it("what another slice shows, what lies beside the slices, a test's test kit", () => {
    const imports = ['../stock/stock.read.js', '../stock/stock.wire.js', '../stock/stock.js', '../roles.js'];
    const { status, output } = cruise({
      [SLICE]: [...imports, '../publishing/order-event.js'].map((name) => `import '${name}';\n`).join(''),
      'apps/shop/src/orders/orders.int.spec.ts':
        "import '../testing/orders.js';\nimport '../stock/inside.js';\n",
      'apps/shop/src/stock/stock.read.ts': empty,
      'apps/shop/src/stock/stock.wire.ts': empty,
      'apps/shop/src/stock/stock.ts': empty,
      'apps/shop/src/stock/inside.ts': empty,
      'apps/shop/src/publishing/order-event.ts': empty,
      'apps/shop/src/testing/orders.ts': empty,
      'apps/shop/src/roles.ts': empty,
    });
    expect(output).toContain('no dependency violations');
    expect(status).toBe(0);
  });
});
