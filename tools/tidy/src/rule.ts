/** A text file of the workspace. */
export interface SourceFile {
  /** From the root of the workspace, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** One breach of a rule. */
export interface Finding {
  /** Kebab-case name of the rule, as STYLE.md names it. */
  readonly rule: string;
  readonly path: string;
  readonly line?: number;
  readonly message: string;
  /** For rules about a size: what was measured. Other breaches of a file are counted. */
  readonly size?: number;
}

/** A rule sees one file at a time, so that a breach always has its place. */
export interface Rule {
  readonly name: string;
  /** Which files it reads. */
  readonly applies: (path: string) => boolean;
  /** `paths` are all files of the workspace. */
  readonly check: (file: SourceFile, paths: ReadonlySet<string>) => Breach[];
}

/** What a rule reports; the runner adds the rule and the path. */
export type Breach = Omit<Finding, 'rule' | 'path'>;

/** A breach for each line that the pattern matches. */
export const linesMatching = ({ text }: SourceFile, pattern: RegExp, message: string): Breach[] =>
  text.split('\n').flatMap((content, index) => (pattern.test(content) ? [{ line: index + 1, message }] : []));
