import type { Problem } from '../../../components/config/types.ts';
import type { Kit } from '../../../components/recovery/kit.ts';
import { showProblem } from '../init-report.ts';
import type { StackPlace } from '../stack-config.ts';
import { prefix, stackFile } from '../stack-file.ts';
import type { FoundKit } from './recover.ts';

const said = ({ config, appVersion, buckets }: Kit) => ({
  domain: config[`${prefix}domain`] ?? '',
  app: config[`${prefix}app`] ?? '',
  appVersion,
  buckets: { media: buckets.media.bucket, backups: buckets.backups.bucket },
});

/** What was found, without a secret. */
export function showKit({ kit, stored }: FoundKit): string[] {
  const { domain, app, appVersion, buckets } = said(kit);
  const when = stored ? `, stored ${stored.toISOString().slice(0, 16).replace('T', ' ')} UTC` : '';
  return [
    `kit of ${kit.stack}: ${domain}, ${app} ${appVersion}${when}`,
    `  media ${buckets.media}, backups ${buckets.backups}`,
  ];
}

/** The same for programs. */
export const summaryOf = ({ projectDir, stack }: StackPlace, { kit, stored }: FoundKit) => ({
  stack,
  file: stackFile(projectDir, stack),
  stored,
  ...said(kit),
});

/** Where the new machine is to be; nothing when it is as before. */
export function primaryOf(
  kit: Kit,
  { provider, region, size }: Partial<Record<'provider' | 'region' | 'size', string | undefined>>,
): { primary?: Record<string, unknown> } {
  if (!provider && !region && !size) return {};
  const before = JSON.parse(kit.config[`${prefix}primary`] ?? '{}') as { provider?: string };
  // Places and sizes of one provider mean nothing at another.
  const kept = provider === undefined || provider === before.provider ? before : { provider };
  return { primary: { ...kept, ...(region && { region }), ...(size && { size }) } };
}

export function showProblems({ projectDir, stack }: StackPlace, problems: Problem[]): string {
  const list = problems.map((problem) => `  ${showProblem(problem)}`).join('\n');
  return `wrote ${stackFile(projectDir, stack)}\nnot ready yet, to mend:\n${list}\n`;
}

export function showDone({ projectDir, stack }: StackPlace, { kitOnly }: { kitOnly?: boolean }): string {
  const file = stackFile(projectDir, stack);
  const next = kitOnly
    ? [`look first: coop doctor ${stack}`, 'docs/recovery.md says how the server follows']
    : [
        `coop status ${stack}`,
        `coop tootctl ${stack} feeds build: Redis began empty, home timelines are built again`,
        'delete what is left of the old server in the consoles of its providers, when nobody needs its disk any more',
      ];
  return `wrote ${file}: commit it\nnext:\n${next.map((line) => `  ${line}`).join('\n')}\n`;
}
