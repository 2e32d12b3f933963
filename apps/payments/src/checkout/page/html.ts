/**
 * HTML that is safe to send: made only by the tag below, which escapes every value that isn't HTML itself.
 */
export class Html {
  constructor(readonly text: string) {}
}

type Value = Html | string | readonly Html[];

/** Escapes text for HTML, inside and outside of quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A template of HTML: ``html`<p>${name}</p>` ``. Attributes must be in double quotes. */
export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html => {
  const texts = values.map((value) => {
    if (value instanceof Html) return value.text;
    return typeof value === 'string' ? escapeHtml(value) : value.map(({ text }) => text).join('');
  });
  return new Html(parts.map((part, index) => `${part}${texts[index] ?? ''}`).join(''));
};

/** Nothing. */
export const none = new Html('');
