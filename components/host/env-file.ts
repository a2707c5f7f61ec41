import { VisibleError } from '../errors.ts';

// Debian's Compose 2.26 strips quotes, expands $ and cuts at ' #'; only inside single quotes is a value taken as it is.
const writable = /^[^'\n\r\0]*$/;

/** Whether a value survives the way through an environment file. */
export const isWritable = (value: string): boolean => writable.test(value);

/** Writes `NAME='value'` lines, sorted; the same file is read by Compose, by sh and by the app's dotenv. */
export function envFile(values: Record<string, string>): string {
  const lines = Object.keys(values)
    .sort()
    .map((name) => {
      const value = values[name] as string;
      if (!isWritable(value))
        throw new VisibleError(
          `a quote (') or a line break cannot be in the value — environment variable ${name} — take it out`,
        );
      return `${name}='${value}'\n`;
    });
  return lines.join('');
}
