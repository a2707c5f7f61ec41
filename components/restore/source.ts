import * as pulumi from '@pulumi/pulumi';
import { ConfigError } from '../config/error.ts';
import { copyOfDump, mergeProblems, mergeRestore, type RawConfig, type SourceKit } from './merge.ts';

export interface Here {
  project: string;
  stack: string;
}

/** The configuration as it counts: of a copy, merged with what its source left in its state; of others, as it is. */
export async function withSource(own: RawConfig, { project, stack }: Here): Promise<RawConfig> {
  const { from, dump } = sourceOf(own[`${project}:restore`]);
  if (dump) return copyOfDump(own, project, stack);
  if (from === undefined) return own;
  const kit = await kitOf(from, { project, stack });
  const problems = mergeProblems(own, kit, project, stack);
  if (problems.length > 0) throw new ConfigError(project, stack, problems);
  return mergeRestore(own, kit, project);
}

function sourceOf(json: string | undefined): { from?: string; dump?: boolean } {
  try {
    const { from, dump } = JSON.parse(json ?? '{}') as { from?: unknown; dump?: unknown };
    const named = typeof from === 'string' && from !== '';
    return { ...(named ? { from } : {}), dump: !named && typeof dump === 'object' && dump !== null };
  } catch {
    return {};
  }
}

/** By what the source said last: https://www.pulumi.com/docs/iac/concepts/stacks/#stackreferences */
async function kitOf(from: string, { project, stack }: Here): Promise<SourceKit> {
  const name = `${pulumi.getOrganization()}/${project}/${from}`;
  const problem = (reason: string, remedy: string) =>
    new ConfigError(project, stack, [{ key: 'restore.from', value: JSON.stringify(from), reason, remedy }]);
  let outputs: { recovery?: SourceKit | string };
  try {
    outputs = (await pulumi.runtime.invoke('pulumi:pulumi:readStackOutputs', { name })).outputs ?? {};
  } catch (error) {
    const said = (error as Error).message.split('\n').find((line) => line.trim() !== '') ?? '';
    throw problem(
      `cannot be read (${said.slice(0, 200)})`,
      'name a stack of `pulumi stack ls`, and use the state and passphrase it has',
    );
  }
  const { recovery } = outputs;
  const kit = typeof recovery === 'string' ? (JSON.parse(recovery) as SourceKit) : recovery;
  if (!kit?.config)
    throw problem(
      'has left no recovery kit in its state',
      `bring it up once with this program: pulumi up --stack ${from}`,
    );
  return kit;
}
