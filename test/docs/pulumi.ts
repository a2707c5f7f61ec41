// Taken from `pulumi VERB --help` of 3.220; all verbs: https://www.pulumi.com/docs/iac/cli/commands/
const everywhere = ['-s', '--stack', '-C', '--cwd', '-h', '--help', '--non-interactive', '--color'];
const operation = ['-t', '--target', '--diff', '--json', '-m', '--message', '-p', '--parallel'];
const change = [...operation, '-y', '--yes', '-f', '--skip-preview', '--refresh', '-r'];

/** Verbs of Pulumi's own command line, each with the options a page may show. */
const verbs: Record<string, string[]> = {
  '': [],
  up: [...change, '--replace', '--target-replace', '--target-dependents', '--expect-no-changes'],
  preview: [...operation, '--expect-no-changes', '--show-secrets', '--refresh', '--replace'],
  refresh: [...operation, '-y', '--yes', '--preview-only', '--clear-pending-creates'],
  destroy: [...change, '--remove', '--exclude-protected', '--preview-only'],
  config: ['--show-secrets', '--json'],
  'config set': ['--secret', '--plaintext', '--path'],
  'config get': ['--path', '--json'],
  'config rm': ['--path'],
  stack: ['--show-urns', '-u', '--show-ids', '-i'],
  'stack init': ['--secrets-provider', '--copy-config-from', '--no-select'],
  'stack ls': ['--json', '--all'],
  'stack select': ['--create', '-c'],
  'stack rm': ['--force', '--yes', '-y', '--preserve-config'],
  'stack output': ['--json', '--show-secrets'],
  'stack export': ['--file', '--show-secrets'],
  'stack import': ['--file', '--force'],
  'stack change-secrets-provider': [],
  state: [],
  'state unprotect': ['--all', '--yes', '-y'],
  'state protect': ['--all', '--yes', '-y'],
  'state delete': ['--force', '--yes', '-y', '--target-dependents'],
  'state rename': ['--yes', '-y'],
  import: ['--file', '-f', '--yes', '-y'],
  login: ['--local', '-l'],
  logout: [],
  cancel: ['--yes', '-y'],
  whoami: ['--verbose', '-v', '--json'],
  version: [],
  about: [],
  install: [],
};

/** What is wrong with a `pulumi` command line; nothing when nothing is. */
export function pulumiProblem(words: string[]): string | undefined {
  const [first = '', second = ''] = words.filter((word) => !word.startsWith('-'));
  const verb = [`${first} ${second}`, first].find((name) => name in verbs);
  if (verb === undefined)
    return `pulumi has no verb ${first}, or test/docs/pulumi.ts does not know it: look it up, then add it there`;
  const known = [...everywhere, ...(verbs[verb] ?? [])];
  const strange = words
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.split('=')[0] ?? '')
    .find((flag) => !known.includes(flag));
  return strange && `pulumi ${verb} ${strange} is not in test/docs/pulumi.ts: look it up, then add it there`;
}
