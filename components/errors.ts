/** What the user did wrong or can mend, as `problem — where — what to do`; shown without a stack trace. */
export class VisibleError extends Error {
  override name = 'VisibleError';
}
