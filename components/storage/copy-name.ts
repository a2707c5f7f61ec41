import { createHash } from 'node:crypto';

/** Longest name of a bucket: https://docs.digitalocean.com/products/spaces/details/limits/ */
const LONGEST = 63;

/** Name of the bucket that holds a copy's own media: the source's name with the copy's stack behind it. */
export function copyName(bucket: string, stack: string): string {
  const whole = `${bucket}-${stack.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`.replace(/-+$/, '');
  if (whole.length <= LONGEST) return whole;
  // What is cut off would make two stacks one.
  const mark = createHash('sha256').update(`${bucket}/${stack}`).digest('hex').slice(0, 8);
  return `${whole.slice(0, LONGEST - mark.length - 1).replace(/-+$/, '')}-${mark}`;
}
