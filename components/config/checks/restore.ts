import type { Loose, Problem, StackConfig } from '../types.ts';

/** A copy of another stack: never of the future, and only where a cloud's firewall is the second fence. */
export function checkRestore({ restore, primary, secrets }: Loose<StackConfig>, now: Date): Problem[] {
  if (!restore) return [];
  const problems: Problem[] = sourceProblems(restore, secrets);
  const { at } = restore;
  if (at !== undefined && Date.parse(at) > now.getTime()) {
    const remedy = 'name a moment that was archived, or remove it: then it is the last one';
    problems.push({ key: 'restore.at', value: JSON.stringify(at), reason: 'is in the future', remedy });
  }
  if (primary?.provider === 'existing') {
    const reason =
      'cannot hold a fenced copy: nothing outside such a host closes it when its own fence is gone';
    const remedy = 'use digitalocean or hetzner, whose cloud firewalls do';
    problems.push({ key: 'primary.provider', value: '"existing"', reason, remedy });
  }
  return problems;
}

/** A stack or dumps, and with dumps what they can give. */
function sourceProblems(
  { from, dump, at, backup, media }: NonNullable<Loose<StackConfig>['restore']>,
  secrets: Loose<StackConfig>['secrets'],
): Problem[] {
  if (from === undefined && dump === undefined)
    return [{ key: 'restore.from', reason: 'is missing', remedy: 'name the stack whose backups to restore' }];
  if (dump === undefined) return [];
  const problem = (key: string, reason: string, remedy: string) => [{ key, reason, remedy }];
  return [
    ...(from === undefined
      ? []
      : problem('restore.dump', 'cannot be beside restore.from', 'keep one of them')),
    ...(at === undefined
      ? []
      : problem('restore.at', 'cannot be beside restore.dump', 'remove it: a dump holds one moment only')),
    ...(backup === undefined
      ? []
      : problem(
          'restore.backup',
          'cannot be beside restore.dump',
          'remove it: name dumps by restore.dump.keys',
        )),
    ...(media === 'empty'
      ? []
      : problem('restore.media', 'must be empty with restore.dump', 'set it to empty: dumps hold no media')),
    ...(['dumpAccessKey', 'dumpSecretKey'] as const)
      .filter((name) => secrets && secrets[name] === undefined)
      .flatMap((name) =>
        problem(
          `secrets.${name}`,
          'is missing beside restore.dump',
          'run `coop rehearse --from-dump`, which sets it',
        ),
      ),
  ];
}
