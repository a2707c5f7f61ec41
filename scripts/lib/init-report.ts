import type { Problem } from '../../components/config/types.ts';
import type { InitResult } from './init.ts';

/** How `coop init` itself takes what is missing. */
const options: Record<string, string> = {
  domain: '--domain NAME',
  contact: '--contact ADDRESS',
  dns: '--zone NAME --zone-id ID, or --dns none',
  'dns.zone': '--zone NAME',
  'dns.zoneId': '--zone-id ID',
  sshFrom: '--ssh-from RANGE',
  admins: '--admin NAME=KEY',
  mail: '--mail-host NAME --mail-from ADDRESS',
  'mail.host': '--mail-host NAME',
  'mail.from': '--mail-from ADDRESS',
  images:
    'coop init STACK where the registries answer; for hometown, coop images STACK --registry HOST/NAMESPACE',
  'images.web':
    'coop init STACK where the registry answers; for hometown, coop images STACK --registry HOST/NAMESPACE',
  'images.streaming':
    'coop init STACK where the registry answers; for hometown, coop images STACK --registry HOST/NAMESPACE',
};

/** What `coop init` did and what comes next, for people. */
export function showInit(stack: string, result: InitResult): string {
  const { file, generated, kept, recovery, notes, problems } = result;
  const lines = [
    result.written ? `wrote ${file}` : `${file} is as it was`,
    ...(generated.length > 0 ? [`made ${generated.length} secrets: ${generated.join(', ')}`] : []),
    ...(kept.length > 0 ? [`kept ${kept.length} secrets: ${kept.join(', ')}`] : []),
    ...(recovery ? ['made the keys of the recovery kit; the passphrase opens them'] : []),
    ...notes.map((note) => `note: ${note}`),
  ];
  if (problems.length > 0)
    lines.push(
      '',
      `not ready yet — ${file} — ${problems.length} to mend, then again: coop init ${stack}`,
      ...problems.map((problem) => `  ${showProblem(problem)}`),
    );
  else
    lines.push(
      '',
      `next: commit ${file}, keep the passphrase in your password store, then: pulumi preview -s ${stack}`,
    );
  return `${lines.join('\n')}\n`;
}

/** One line: what, why, and how `coop init` or the program would have it. */
export function showProblem({ key, value, reason, remedy }: Problem): string {
  const option = reason === 'is missing' ? options[key] : undefined;
  return `${key}${value === undefined ? '' : ` = ${value}`} ${reason} — ${option ?? remedy}`;
}
