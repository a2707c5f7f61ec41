import { ApiError } from './api-error.ts';
import { kinds } from './kinds.ts';
import type { Account, CloudObject, Kind, State } from './types.ts';

export function kindOf(provider: string, type: string): Kind {
  const kind = kinds[provider]?.[type];
  if (!kind) throw new ApiError(404, `the lab has no ${provider} ${type}`, 'not_implemented');
  return kind;
}

export function ownerOf(state: State, { provider, account, type, id }: CloudObject): Account {
  const found = state.accounts.find((a) => a.provider === provider && a.name === account);
  if (!found) throw new Error(`${type} ${id} belongs to no account — ${account}`);
  return found;
}

export const ownedBy = (account: Account, type: string) => (object: CloudObject) =>
  object.provider === account.provider && object.account === account.name && object.type === type;

/** Whether `part` is only a property of `whole`, and goes with it. */
export function isPartOf(part: CloudObject, whole: CloudObject): boolean {
  if (part.provider !== whole.provider || part.account !== whole.account) return false;
  const wholes = kinds[part.provider]?.[part.type]?.partOf?.(part.inputs, part) ?? [];
  return wholes.some(([type, id]) => type === whole.type && id === whole.id);
}
