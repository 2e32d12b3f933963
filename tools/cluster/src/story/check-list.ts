/** Checks of a run, printed as they are made; the run failed when one of them did. */
export class CheckList {
  failures = 0;
  checks = 0;

  /** Prints a line for what was looked at. */
  check(what: string, holds: boolean, seen = ''): void {
    this.checks += 1;
    if (!holds) this.failures += 1;
    console.log(`  ${holds ? '✓' : '✗'}  ${what}${seen === '' ? '' : `: ${seen}`}`);
  }
}
