import { VisibleError } from '../../components/errors.ts';
import type { Progress } from './progress.ts';
import { pulumiCommand } from './pulumi.ts';
import { type RunResult, run } from './run.ts';
import type { StackPlace } from './stack-config.ts';

/** One thing `pulumi up` would do. */
export interface PlannedStep {
  /** `create`, `update`, `delete`, `replace` … */
  op: string;
  urn: string;
  /** Its name in the program. */
  name: string;
  /** Provider's type, e.g. `command:remote:Command`. */
  type: string;
}

export interface UpOptions {
  /** A stack file that is not in its place yet. */
  configFile?: string;
  /** Resources to make anew. */
  replace?: string[];
  /** Only these, and nothing else. */
  targets?: string[];
}

const words = ({ configFile, replace = [], targets = [] }: UpOptions): string[] => [
  ...(configFile ? ['--config-file', configFile] : []),
  ...replace.flatMap((urn) => ['--replace', urn]),
  ...targets.flatMap((urn) => ['--target', urn]),
];

/** The caller's environment whole: unlike reading config, this acts on the clouds. */
function call(place: StackPlace, args: string[]): Promise<RunResult> {
  return run(pulumiCommand([...args, '--stack', place.stack]), {
    cwd: place.projectDir,
    env: { ...place.env, PULUMI_SKIP_UPDATE_CHECK: 'true' },
  });
}

/** What `pulumi up` would do, nothing of it done; what it would leave alone is left out. */
export async function planUp(place: StackPlace, options: UpOptions = {}): Promise<PlannedStep[]> {
  const { code, stdout, stderr } = await call(place, ['preview', '--json', ...words(options)]);
  const plan = parse(stdout);
  if (code !== 0 || !plan?.steps) throw failure('preview', place.stack, plan, stdout, stderr);
  return plan.steps
    .filter(({ op }) => op !== 'same' && op !== 'read')
    .map(({ op, urn }) => ({
      op,
      urn,
      name: urn.split('::').at(-1) ?? urn,
      type: urn.split('::').at(-2)?.split('$').at(-1) ?? '',
    }));
}

/** Refuses a plan that deletes or replaces anything but what is meant to be. */
export function refuseLoss(plan: PlannedStep[], stack: string, meant: readonly string[] = []): void {
  const lost = plan.filter(({ op, type }) => /delete|replace/.test(op) && !meant.includes(type));
  if (lost.length === 0) return;
  throw new VisibleError(
    `the plan holds more than this edit: it would ${lost.map(({ op, name }) => `${op} ${name}`).join(', ')} — stack ${stack} — look at it with: pulumi preview -s ${stack}; nothing was changed`,
  );
}

/** One line a step, for people. */
export const showPlan = (plan: PlannedStep[]): string[] =>
  plan.map(({ op, name }) => `  ${op.padEnd(8)} ${name}`);

/** Runs `pulumi up`; what it warns of is passed on, and when it fails the end of what it said is the message. */
export async function bringUp(place: StackPlace, progress: Progress, options: UpOptions = {}): Promise<void> {
  const { code, stdout, stderr } = await progress.step('pulumi up', async () => {
    const result = await call(place, ['up', '--yes', '--skip-preview', ...words(options)]);
    if (result.code !== 0) throw failure('up', place.stack, undefined, result.stdout, result.stderr);
    return result;
  });
  for (const line of `${stdout}\n${stderr}`.split('\n'))
    if (code === 0 && /^\s*warning: /.test(line)) progress.note(line.trim());
}

interface Plan {
  steps?: { op: string; urn: string }[];
  diagnostics?: { message?: string; severity?: string }[];
}

function parse(stdout: string): Plan | undefined {
  try {
    return JSON.parse(stdout) as Plan;
  } catch {
    return undefined;
  }
}

function failure(
  what: string,
  stack: string,
  plan: Plan | undefined,
  stdout: string,
  stderr: string,
): VisibleError {
  const errors = (plan?.diagnostics ?? [])
    .filter(({ severity }) => severity === 'error')
    .map(({ message }) => message?.trim() ?? '');
  const said = errors.length > 0 ? errors.join('\n') : ends(`${plan ? '' : stdout}\n${stderr}`);
  return new VisibleError(
    `pulumi ${what} failed:\n${said || 'it said nothing'}\n— stack ${stack} — mend that, then run this again; or look with: pulumi ${what} -s ${stack}`,
  );
}

const ends = (text: string): string =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-40)
    .join('\n');
