const separators = /^(&&|\|\||;|\||&|\n)/;

/** The simple commands of a few shell lines, each as its words: quotes resolved, redirections and assignments dropped. */
export function commandsOf(text: string): string[][] {
  const commands: string[][] = [[]];
  let rest = text.replaceAll(/\\\n\s*/g, ' ');
  const end = () => commands.push([]);
  while (rest !== '') {
    const separator = separators.exec(rest)?.[0];
    if (separator) {
      end();
      rest = rest.slice(separator.length);
      continue;
    }
    const skip = /^([ \t\r]+|#[^\n]*|[0-9]?(>>?|<)(&[0-9]|\s*\S+))/.exec(rest)?.[0];
    if (skip) {
      rest = rest.slice(skip.length);
      continue;
    }
    const raw =
      /^(?:'[^']*'|"(?:\\.|[^"\\])*"|\$\([^)]*\)|\\.|[^\s'"\\;&|<>]|<[^\s<>]+>|[<>])+/.exec(rest)?.[0] ??
      rest[0] ??
      '';
    commands.at(-1)?.push(unquoted(raw));
    rest = rest.slice(raw.length);
  }
  return commands.map(withoutPrefixes).filter((words) => words.length > 0);
}

const unquoted = (raw: string): string =>
  raw.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, (_, single, double, escaped) =>
    String(single ?? double ?? escaped ?? ''),
  );

/** What runs another command says nothing about it. */
function withoutPrefixes(words: string[]): string[] {
  const [first = '', second = ''] = words;
  if (/^[A-Za-z_]\w*=/.test(first) || ['sudo', 'time', 'exec', '$', 'then', 'do'].includes(first))
    return withoutPrefixes(words.slice(1));
  if (first === 'timeout' && /^\d/.test(second)) return withoutPrefixes(words.slice(2));
  return words;
}
