/** What the user can mend, as `problem — where — what to do`; its name tells the CLI to show no stack trace. */
export class LabError extends Error {
  override name = 'VisibleError';
}
