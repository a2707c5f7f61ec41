import { type Check, failure, ok, warning } from '../types.ts';

const day = 86_400_000;

/** A stack that was meant to go away by a day. */
export const expires: Check = {
  name: 'expires',
  ofStack: true,
  async run({ plain, stack, now }) {
    if (typeof plain.expires !== 'string' || plain.expires === '') return [];
    const left = Math.ceil((Date.parse(`${plain.expires}T00:00:00Z`) + day - now.getTime()) / day);
    if (Number.isNaN(left)) return [];
    const remedy = `take it away: coop destroy ${stack}; or give it longer: pulumi config set expires YYYY-MM-DD`;
    if (left <= 0) return [failure(`${plain.expires} is over: it still costs money every day`, remedy)];
    if (left <= 14) return [warning(`on ${plain.expires}, in ${left} days`, remedy)];
    return [ok(`on ${plain.expires}`)];
  },
};
