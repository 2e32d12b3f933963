/** Text that is safe to stand in a page as it is. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

type Part = Html | string | number | readonly Html[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Whatever a text holds, it stands there as text. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

/** A piece of a page: what is put in is escaped, unless it is a piece itself. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = pieces.reduce((all, piece, index) => {
    const part = parts[index - 1];
    return `${all}${part === undefined ? '' : written(part)}${piece}`;
  }, '');
  return new Html(text);
}

export const nothing = new Html('');

/** The piece, where there is something to show. */
export const when = (condition: boolean, piece: () => Html): Html => (condition ? piece() : nothing);

function written(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escaped(`${part}`);
  return part.map(({ text }) => text).join('');
}
