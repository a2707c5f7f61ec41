import type { Found } from './find.ts';
import type { PutAway } from './put-away.ts';

/** What is left of the lost stack, and what would be done about it. */
export function showLeft({ machines, steps, remarks, unasked }: Found): string[] {
  return [
    ...unasked.map((why) => `could not look for the old server: ${why}`),
    ...(machines.length === 0 && unasked.length === 0
      ? ['the old server is not in the account any more']
      : []),
    ...(steps.length > 0 ? ['left of the old server, and done before a new one is made:'] : []),
    ...steps.map(({ says }) => `  ${says}`),
    ...remarks.map((remark) => `  note: ${remark}`),
  ];
}

export const showPutAway = ({ done, remarks }: PutAway): string[] => [
  ...(done.length > 0 ? ['done about the old server:', ...done.map((line) => `  ${line}`)] : []),
  ...(remarks.length > 0 ? ['to know:', ...remarks.map((line) => `  ${line}`)] : []),
];
