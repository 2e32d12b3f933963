import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { chainedHead, GENESIS_HEAD, leafHash, merkleRoot } from './merkle.js';

// Known answers for the leaves of RFC 6962's reference tests.
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const leaves = LEAVES.map((hex) => leafHash(Buffer.from(hex, 'hex')));

describe('the Merkle root', () => {
  it.each(ROOTS.map((root, index) => [index + 1, root]))('of %i leaves is the known one', (count, root) =>
    expect(merkleRoot(leaves.slice(0, count as number)).toString('hex')).toBe(root),
  );
  it('of nothing is the hash of nothing', () =>
    expect(merkleRoot([])).toEqual(createHash('sha256').digest()));
  it('changes with the order and with every leaf', () => {
    const root = merkleRoot(leaves);
    expect(merkleRoot([...leaves].reverse())).not.toEqual(root);
    leaves.forEach((_, index) => expect(merkleRoot(leaves.with(index, leafHash('other')))).not.toEqual(root));
  });
});

describe('the chained head', () => {
  it('depends on the head before, the range and the root', () => {
    const root = merkleRoot(leaves);
    const head = chainedHead(GENESIS_HEAD, 1, 8, root);
    const others = [
      chainedHead(head, 1, 8, root),
      chainedHead(GENESIS_HEAD, 1, 9, root),
      chainedHead(GENESIS_HEAD, 1, 8, leafHash('')),
    ];
    for (const other of others) expect(other).not.toEqual(head);
  });
});
