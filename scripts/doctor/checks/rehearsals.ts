import { VisibleError } from '../../../components/errors.ts';
import { describeRehearsal, findRehearsals, isLeft } from '../../lib/rehearse/leftovers.ts';
import { type Check, ok, skipped, warning } from '../types.ts';

/** Rehearsals that killed runs left behind: their machines cost until they are taken down. */
export const rehearsals: Check = {
  name: 'rehearsals',
  async run({ context, now }) {
    if (!context.backend) return [skipped('without a state nobody knows of any')];
    try {
      const found = await findRehearsals(context);
      if (found.length === 0) return [ok('none was left behind')];
      return found.map((one) => {
        const text = describeRehearsal(one);
        if (isLeft(one, now)) return warning(`left behind: ${text}`, 'coop rehearse --cleanup');
        return one.state === 'elsewhere' ? skipped(text) : ok(text);
      });
    } catch (error) {
      if (!(error instanceof VisibleError)) throw error;
      return [skipped(`the state does not say: ${error.message.split(' — ')[0]}`)];
    }
  },
};
