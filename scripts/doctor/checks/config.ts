import { showProblem } from '../../lib/init-report.ts';
import { asTheEngineSays, masked } from '../../lib/render-facts.ts';
import type { RawConfig } from '../../lib/stack-config.ts';
import { prefix } from '../../lib/stack-file.ts';
import { problemsOf } from '../../lib/validate.ts';
import { type Check, type Finding, failure, ok, type Patient, skipped } from '../types.ts';

/** Everything that the program itself would refuse, before it asks for any resource. */
export const config: Check = {
  name: 'config',
  ofStack: true,
  async run(patient) {
    const { stack = '' } = patient;
    const whole = await patient.config().catch(() => undefined);
    const problems = problemsOf(whole ?? plainOnly(patient), stack);
    const rest: Finding[] = whole ? [] : [skipped('its secrets could not be looked at')];
    if (problems.length === 0)
      return [ok(`the program accepts ${whole ? 'it' : 'what is plain in it'}`), ...rest];
    const found = problems.map((problem) => {
      const [text = '', ...remedy] = showProblem(problem).split(' — ');
      const how = remedy.join(' — ');
      return failure(text, how.startsWith('--') ? `coop init ${stack} ${how}` : how);
    });
    return [...found, ...rest];
  },
};

/** The config with made-up secrets, so that what is plain can be judged without the passphrase. */
function plainOnly({ plain }: Patient): RawConfig {
  return { values: asTheEngineSays({ ...plain, ...masked(plain) }), secretKeys: [`${prefix}secrets`] };
}
