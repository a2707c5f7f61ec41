import { ApiError } from './api-error.ts';
import type { Account, State } from './types.ts';

/** Adds an account, or replaces the one of that provider and name. */
export function putAccount(state: State, account: Account): void {
  const others = state.accounts.filter((a) => a.provider !== account.provider || a.name !== account.name);
  state.accounts = [...others, account];
}

/** Whose token it is; `spaces:ID:SECRET` is the key pair of an account's object storage. */
export function accountOf(state: State, provider: string, authorization: string | undefined): Account {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  const [, accessKey, secretKey] = token?.startsWith('spaces:') ? token.split(':') : [];
  const found = state.accounts.find((account) => {
    if (account.provider !== provider || !token) return false;
    if (accessKey === undefined) return account.token === token;
    return account.spaces?.accessKey === accessKey && account.spaces.secretKey === secretKey;
  });
  if (!found)
    throw new ApiError(
      401,
      token ? 'Unable to authenticate you' : 'no token',
      token ? 'unauthorized' : 'no_token',
    );
  return found;
}
