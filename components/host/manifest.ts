/** Mode and owner of the files under host/ that differ from root:root 0644; first pattern that fits wins. */
export interface Rule {
  pattern: RegExp;
  mode: number;
  owner: string;
  group: string;
}

const toPattern = (glob: string) =>
  new RegExp(
    `^${glob
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('**', '\0')
      .replaceAll('*', '[^/]*')
      .replaceAll('\0', '.*')}$`,
  );

/** Reads host/MANIFEST: `GLOB MODE OWNER GROUP`, `#` begins a comment; `*` stays within a directory, `**` does not. */
export function parseManifest(text: string): Rule[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [glob, mode, owner, group, ...rest] = line.split(/\s+/);
      if (!glob || !mode || !/^0[0-7]{3}$/.test(mode) || !owner || !group || rest.length > 0)
        throw new Error(`host/MANIFEST: cannot read '${line}'`);
      return { pattern: toPattern(glob), mode: Number.parseInt(mode, 8), owner, group };
    });
}

export function ruleFor(rules: Rule[], path: string): Omit<Rule, 'pattern'> {
  return rules.find(({ pattern }) => pattern.test(path)) ?? { mode: 0o644, owner: 'root', group: 'root' };
}
