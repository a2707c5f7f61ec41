import type { Asked } from './deploy.ts';
import { rulesOf } from './rules.ts';

export interface Step {
  operation: 'create' | 'update' | 'replace' | 'delete';
  name: string;
  type: string;
  /** Inputs that differ. */
  inputs: string[];
}

/** What the engine would do to get from one run of the program to the next, by the providers' published rules. */
export function plan(before: Asked[], after: Asked[]): Step[] {
  const steps = after.filter(({ custom }) => custom).map((asked) => step(before, asked));
  const gone = before.filter(({ custom, type, name }) => custom && !find(after, type, name));
  return [
    ...steps.filter((each) => each !== undefined),
    ...gone.map(({ name, type }): Step => ({ operation: 'delete', name, type, inputs: [] })),
  ];
}

function step(before: Asked[], asked: Asked): Step | undefined {
  const { name, type } = asked;
  const old = find(before, type, name);
  if (!old) return { operation: 'create', name, type, inputs: [] };
  const names = new Set([...Object.keys(old.inputs), ...Object.keys(asked.inputs)]);
  const inputs = [...names]
    .filter((key) => !asked.ignoreChanges.includes(key))
    .filter((key) => JSON.stringify(old.inputs[key]) !== JSON.stringify(asked.inputs[key]));
  if (inputs.length === 0) return undefined;
  const replaces = inputs.some((key) => rulesOf(type).inputs[key]?.replaces);
  return { operation: replaces ? 'replace' : 'update', name, type, inputs };
}

function find(resources: Asked[], type: string, name: string): Asked | undefined {
  return resources.find((each) => each.type === type && each.name === name);
}
