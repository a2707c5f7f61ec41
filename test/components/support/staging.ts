import { completed, configOf } from './config.ts';
import { type Asked, type Deployment, deploy } from './deploy.ts';
import { set } from './edits.ts';

/** Runs the program for staging with some keys changed. */
export function staging(changes: Record<string, unknown> = {}): Promise<Deployment> {
  return deploy(configOf(set(completed('staging'), changes)));
}

/** The one resource of a type; with `name`, of that name. */
export function only(resources: Asked[], type: string, name?: string): Asked {
  const found = resources.filter((each) => each.type.endsWith(`:${type}`) && (!name || each.name === name));
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} resources of type ${type}, not one`);
  return found[0];
}
