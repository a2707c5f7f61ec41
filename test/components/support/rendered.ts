import { type HostFile, renderHost } from '../../../components/host/render.ts';
import { facts } from '../../fixtures/facts.ts';

/** The facts most tests of the tree render from. */
export const given = facts();
/** What the facts of a staging stack render to. */
export const files = renderHost(given);
/** One file of a tree; without it there is nothing to test. */
export const at = (path: string, from = files): HostFile => {
  const found = from.find((file) => file.path === path);
  if (!found) throw new Error(`${path} is not rendered`);
  return found;
};
