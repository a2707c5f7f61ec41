/** How one text became another, for people: the lines that differ with two around them, `-` and `+` before them. */
export function fileDiff(before: string, after: string): string[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < Math.min(old.length, now.length) && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  if (head === old.length && head === now.length) return [];
  const around = (lines: string[]) => lines.map((line) => `  ${line}`);
  return [
    ...around(now.slice(Math.max(0, head - 2), head)),
    ...old.slice(head, old.length - tail).map((line) => `- ${line}`),
    ...now.slice(head, now.length - tail).map((line) => `+ ${line}`),
    ...around(now.slice(now.length - tail, Math.min(now.length, now.length - tail + 2))),
  ];
}

const linesOf = (text: string) => text.replace(/\n$/, '').split('\n');
