import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { workspaceFiles } from '../workspace-files.js';
import type { SourceFile } from '../rule.js';
import { ROOT } from './run-check.js';

/** Every Markdown file of the workspace. */
export const markdownFiles = (): SourceFile[] =>
  workspaceFiles(ROOT).filter(({ path }) => path.endsWith('.md'));

/** The text without code: what stands there is no link and no heading. */
export const withoutCode = (text: string): string =>
  text.replace(/^( *)(```|~~~)[^]*?^\1\2 *$/gm, '').replace(/`[^`\n]*`/g, '');

/** Targets of links and pictures that stay in the workspace. */
export const relativeLinks = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(\s*<?([^()\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target));

/** Names that a link may have after `#`: headings as code hosts name them, and anchors set by hand. */
export const anchorsOf = (text: string): Set<string> => {
  const prose = text.replace(/^( *)(```|~~~)[^]*?^\1\2 *$/gm, '');
  const headings = [...prose.matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, title = '']) => slugOf(title));
  const byHand = [...prose.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  return new Set([...headings, ...byHand]);
};

const slugOf = (title: string): string =>
  title
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

/** Links of a file that lead nowhere, each as it stands there. */
export const brokenLinks = ({ path, text }: SourceFile): string[] =>
  relativeLinks(text).filter((link) => {
    const [file = '', anchor] = link.split('#');
    if (file === '') return anchor !== undefined && !anchorsOf(text).has(anchor);
    const target = normalize(join(dirname(path), decodeURIComponent(file)));
    if (target.startsWith('..') || !existsSync(join(ROOT, target))) return true;
    if (anchor === undefined || !target.endsWith('.md')) return false;
    return !anchorsOf(readFileSync(join(ROOT, target), 'utf8')).has(anchor);
  });

const DIAGRAMS =
  /^(?:flowchart|graph|sequenceDiagram|stateDiagram(?:-v2)?|classDiagram|erDiagram|gantt|pie|timeline)\b/;

/** First lines of Mermaid blocks that begin with no kind of diagram. */
export const unknownDiagrams = (text: string): string[] =>
  [...text.matchAll(/^ *```mermaid *\n([^]*?)^ *```/gm)]
    .map(([, body = '']) => body.split('\n').find((line) => !/^\s*(?:%%.*)?$/.test(line)) ?? '')
    .filter((line) => !DIAGRAMS.test(line.trim()));
