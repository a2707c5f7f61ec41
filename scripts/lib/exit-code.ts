/** Ends coop with the exit code of the program that it ran for the user, whose own output said why. */
export class ExitCode extends Error {
  override name = 'ExitCode';
  readonly code: number;
  constructor(code: number) {
    super(`exit code ${code}`);
    this.code = code;
  }
}

/** Throws what ends coop with a code other than 0. */
export function endWith(code: number): void {
  if (code !== 0) throw new ExitCode(code);
}
