/** The line of least squares through points, and how far the farthest of them is from it. */
export function line(points: readonly (readonly [number, number])[]): {
  constant: number;
  slope: number;
  off: number;
} {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(([each]) => each));
  const y = mean(points.map(([, each]) => each));
  const slope = mean(points.map(([a, b]) => (a - x) * (b - y))) / mean(points.map(([a]) => (a - x) ** 2));
  const constant = y - slope * x;
  const off = Math.max(...points.map(([a, b]) => Math.abs(b - constant - slope * a)));
  return { constant, slope, off };
}
