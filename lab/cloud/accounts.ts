import { ApiError } from './api-error.ts';
import { refusalsOf } from './refusals.ts';
import type { Account, State } from './types.ts';

/** What a token opens. */
export interface Access {
  account: Account;
  permissions: 'read' | 'read-write';
}

/** How many of a type a new account may have, where the provider has such a limit; `limits` of an account says otherwise. */
const usual: Record<string, Record<string, number>> = {
  digitalocean: { Droplet: 25, ReservedIp: 25 },
  hcloud: { Server: 10, PrimaryIp: 25 },
};

export const limitsOf = (account: Account): Record<string, number> => ({
  ...usual[account.provider],
  ...account.limits,
});

/** Adds an account, or replaces the one of that provider and name. */
export function putAccount(state: State, account: Account): void {
  const others = state.accounts.filter((a) => a.provider !== account.provider || a.name !== account.name);
  state.accounts = [...others, account];
}

/** Whose token it is; `spaces:ID:SECRET` is the key pair of an account's object storage. */
export function accessOf(state: State, provider: string, authorization: string | undefined): Access {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (!token) throw new ApiError(401, 'no token', 'no_token');
  const [, accessKey, secretKey] = token.startsWith('spaces:') ? token.split(':') : [];
  for (const account of state.accounts.filter((a) => a.provider === provider)) {
    const { spaces } = account;
    const owns =
      accessKey === undefined
        ? account.token === token
        : spaces?.accessKey === accessKey && spaces.secretKey === secretKey;
    if (owns) return { account, permissions: 'read-write' };
    if (account.readToken === token) return { account, permissions: 'read' };
  }
  throw refusalsOf(provider).unauthorized();
}
