/** Text that is HTML already. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | undefined | false | readonly Value[];

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** What came from a machine, as text: without markup, and without characters that turn or hide what stands beside them. */
export const escaped = (text: string): string =>
  text
    .replace(/[^\P{Cc}\t\n\r]|\p{Bidi_Control}/gu, '�')
    .replace(/[&<>"'`]/g, (character) => entities[character] as string);

/** HTML from a template: every value is escaped, unless it is HTML itself; lists are joined, nothing is left out for `undefined`. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(parts.map((part, at) => `${part}${at < values.length ? show(values[at]) : ''}`).join(''));
}

function show(value: Value): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(show).join('');
  return escaped(String(value));
}
