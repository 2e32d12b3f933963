/** A place in a script's text, both counted from 1; columns are characters, not bytes. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The place of an offset; an offset behind the end is the end. */
export const positionOf = (text: string, offset: number): Position => {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 };
};

/** The script can't be run, whatever the balances are; the message says where and what would be possible. */
export class ScriptError extends Error {
  readonly position: Position;

  constructor(
    text: string,
    /** Where it is wrong, as an offset into the text. */
    readonly offset: number,
    /** What is wrong, without the place. */
    readonly reason: string,
  ) {
    const position = positionOf(text, offset);
    super(`line ${position.line}, column ${position.column}: ${reason}`);
    this.position = position;
  }
}

/** The variables that came with a script don't fit its declarations; all of them are named. */
export class VariableError extends Error {
  constructor(readonly errors: readonly { readonly name: string; readonly reason: string }[]) {
    super(errors.map(({ name, reason }) => `${name} ${reason}`).join('; '));
  }
}
