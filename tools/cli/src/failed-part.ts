import type { PartFailed } from '@defter/embedded';

interface LogLine {
  readonly level?: unknown;
  readonly msg?: unknown;
  readonly message?: unknown;
  readonly error?: { readonly message?: unknown };
  readonly err?: { readonly message?: unknown };
}

/** A line of a service's log for people: the level, what it says, and the error's own words. */
const readable = (line: string): string => {
  if (!line.startsWith('{')) return line;
  try {
    const { level, msg, message = msg, error, err = error } = JSON.parse(line) as LogLine;
    const told = typeof message === 'string' ? message : line;
    const why = typeof err?.message === 'string' && !told.includes(err.message) ? `: ${err.message}` : '';
    return `${typeof level === 'string' ? `${level.padEnd(6)}` : ''}${told}${why}`;
  } catch {
    return line;
  }
};

/** Which part of the stack failed, the end of its log in words, and what to do. */
export const aboutFailedPart = ({ part, what, log }: PartFailed): string => {
  const lines = log.logTail
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `  ${readable(line)}`);
  const said = lines.length === 0 ? ['It said nothing.'] : ['The last that it said:', '', ...lines, ''];
  return [
    `${part} ${what}, so the others were stopped. ${said[0]}`,
    ...said.slice(1),
    `All of it: ./defter logs ${part}   (${log.logFile})`,
    'Start again when it is mended: ./defter up',
  ].join('\n');
};
