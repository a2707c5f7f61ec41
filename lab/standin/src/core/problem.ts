/** Something the operator must see and mend; printed without a stack. */
export class Problem extends Error {
  override name = 'Problem';
}
