export type Paint = (text: string) => string;

export interface Colors {
  red: Paint;
  yellow: Paint;
  green: Paint;
  bold: Paint;
  dim: Paint;
}

const code =
  (open: number, close: number): Paint =>
  (text) =>
    `\u001b[${open}m${text}\u001b[${close}m`;
const plain: Paint = (text) => text;

/** Colours for a stream, or none: piped, `--no-color`, or NO_COLOR (https://no-color.org). */
export function colorsFor(
  stream: { isTTY?: boolean },
  options: { color?: boolean } = {},
  env: NodeJS.ProcessEnv = process.env,
): Colors {
  const on = options.color !== false && !env.NO_COLOR && env.TERM !== 'dumb' && stream.isTTY === true;
  if (!on) return { red: plain, yellow: plain, green: plain, bold: plain, dim: plain };
  return {
    red: code(31, 39),
    yellow: code(33, 39),
    green: code(32, 39),
    bold: code(1, 22),
    dim: code(2, 22),
  };
}
