import type { Properties } from '../types.ts';
import { invalid } from './errors.ts';

type Labels = Record<string, string>;

export const labelsOf = (inputs: Properties) => (inputs.labels as Labels | undefined) ?? {};

const key = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const value = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;

/** https://docs.hetzner.cloud/reference/cloud#labels */
export function refuseLabels(inputs: Properties): void {
  for (const [name, text] of Object.entries(labelsOf(inputs))) {
    if (!key.test(name)) throw invalid(`label key '${name}' is not correctly formatted`);
    if (!value.test(text)) throw invalid(`label value '${text}' (key: ${name}) is not correctly formatted`);
  }
}

/** Whether labels fit a selector: `a`, `!a`, `a=b`, `a!=b`, several with commas. */
export function selects(selector: string, labels: Labels): boolean {
  return selector.split(',').every((term) => {
    const [, not, name = '', operator, wanted] =
      /^\s*(!?)\s*([^\s!=]+)\s*(?:(==?|!=)\s*(\S*))?\s*$/.exec(term) ?? [];
    if (operator === undefined) return name in labels === (not !== '!');
    return (labels[name] === wanted) === (operator !== '!=');
  });
}
