/** What is wrong with a file, and where; lines are counted from 1, 0 is the file as a whole. */
export interface FileFault {
  readonly line: number;
  readonly reason: string;
}

const SHOWN = 20;

/** Faults as one text; what is wrong with the file as a whole has no line. */
export const faultsText = (faults: readonly FileFault[]): string =>
  faults.map(({ line, reason }) => (line === 0 ? reason : `line ${line}: ${reason}`)).join('; ');

/** A file of which nothing is used, with the first of its faults. */
export class FileRefused extends Error {
  constructor(readonly faults: readonly FileFault[]) {
    super(faultsText(faults));
  }
}

/** Collects faults, so that a person hears of several at once; throws when there are enough. */
export class Faults {
  private readonly all: FileFault[] = [];

  add(fault: FileFault): void {
    this.all.push(fault);
    if (this.all.length >= SHOWN) this.check();
  }

  /** @throws FileRefused when there was any */
  check(): void {
    if (this.all.length > 0) throw new FileRefused(this.all);
  }
}

/** The refusal of a whole file for one reason. */
export const refused = (line: number, reason: string): FileRefused => new FileRefused([{ line, reason }]);

/** Text of a file as a message may repeat it. */
export const excerpt = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
