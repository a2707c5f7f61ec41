/** One word for the shell on the other side: ssh joins its words with spaces and hands them to it. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line of words, each arriving as it is here. */
export const quoteAll = (words: string[]): string => words.map(quote).join(' ');
