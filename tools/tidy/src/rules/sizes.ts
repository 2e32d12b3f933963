import { basename } from 'node:path/posix';
import type { Breach, Rule, SourceFile } from '../rule.js';

const MAX_FILE_LINES = 300;
const MAX_MAIN_LINES = 15;
const MAX_LINE = 110;

const isCode = (path: string): boolean => /\.(?:ts|mjs|cjs|js|sql|proto)$/.test(path);

const lineCount = ({ text }: SourceFile): number => text.replace(/\n$/, '').split('\n').length;

const atMost =
  (limit: number) =>
  (file: SourceFile): Breach[] => {
    const size = lineCount(file);
    return size <= limit ? [] : [{ size, message: `${size} lines, at most ${limit}` }];
  };

const fileLines: Rule = { name: 'file-lines', applies: isCode, check: atMost(MAX_FILE_LINES) };

/** What an app is made of belongs to its roles; how it runs belongs to the platform. */
const mainLines: Rule = {
  name: 'main-lines',
  applies: (path) => basename(path) === 'main.ts',
  check: atMost(MAX_MAIN_LINES),
};

const lineLength: Rule = {
  name: 'line-length',
  applies: isCode,
  check: ({ text }) =>
    text
      .split('\n')
      .map((content, index) => ({ line: index + 1, length: [...content].length }))
      .filter(({ length }) => length > MAX_LINE)
      .map(({ line, length }) => ({ line, message: `${length} characters, at most ${MAX_LINE}` })),
};

export const sizeRules: readonly Rule[] = [fileLines, mainLines, lineLength];
