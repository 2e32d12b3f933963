import { describe, expect, it } from '@jest/globals';
import { brokenLinks, markdownFiles, unknownDiagrams } from './testing/markdown.js';

const inDocs = (text: string): string[] => brokenLinks({ path: 'docs/page.md', text });

describe('documents', () => {
  const files = markdownFiles();

  it('are there to be checked', () => {
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['README.md', 'docs/requirements.md']),
    );
  });

  it('link to what exists: files, folders, headings', () => {
    expect(files.flatMap((file) => brokenLinks(file).map((link) => `${file.path}: ${link}`))).toEqual([]);
  });

  it('draw diagrams of a known kind', () => {
    expect(
      files.flatMap(({ path, text }) => unknownDiagrams(text).map((line) => `${path}: ${line}`)),
    ).toEqual([]);
  });
});

describe('the check', () => {
  it.each([
    '[x](nowhere.md)',
    '[x](../README.md#no-such-heading)',
    '[x](#nor-this)',
    '![x](../../above.png)',
  ])('sees that %s leads nowhere', (link) => expect(inDocs(link)).toHaveLength(1));

  it('takes files, folders, headings, other sites, and code as it is', () => {
    const fine = [
      '[x](../README.md#read-on)',
      '[x](../apps/)',
      '[x](https://example.org/a)',
      '`[x](none.md)`',
    ];
    expect(inDocs(['# Here', '[x](#here)', ...fine, '```', '[x](none.md)', '```'].join('\n'))).toEqual([]);
  });

  it('sees a block that draws nothing', () => {
    expect(unknownDiagrams('```mermaid\nflow chart\n```\n')).toEqual(['flow chart']);
    expect(unknownDiagrams('```mermaid\n%% why\nsequenceDiagram\n  A->>B: x\n```\n')).toEqual([]);
  });
});
