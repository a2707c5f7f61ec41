import { costLine } from '../../lib/priced-config.ts';
import { outdated } from '../../lib/show-costs.ts';
import { type Check, ok, warning } from '../types.ts';

/** What the stack will cost, before `pulumi up` makes it. */
export const costs: Check = {
  name: 'costs',
  ofStack: true,
  async run({ context, stack = '', now }) {
    return [
      ok(costLine(context.projectDir, stack)),
      ...outdated(now).map((text) => {
        const [problem = '', ...remedy] = text.split(' — ');
        return warning(problem, remedy.join(', '));
      }),
    ];
  },
};
