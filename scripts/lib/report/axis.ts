const STEPS = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400,
];

/** Round marks from 0 up to `seconds`, at most `most` of them beside 0. */
export function marksUpTo(seconds: number, most: number): number[] {
  const days = 86_400 * Math.ceil(seconds / most / 86_400);
  const step = STEPS.find((each) => seconds / each <= most) ?? days;
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, at) => at * step);
}

/** The same, with a last mark that is not below `seconds`. */
export function marksOver(seconds: number, most: number): number[] {
  const marks = marksUpTo(seconds, most);
  const step = (marks[1] ?? seconds) - (marks[0] ?? 0) || 1;
  return (marks.at(-1) ?? 0) >= seconds ? marks : [...marks, marks.length * step];
}
