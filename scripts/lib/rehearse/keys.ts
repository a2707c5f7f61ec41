import { tokenVariables } from '../../../components/accounts/providers.ts';
import type { RestoreConfig } from '../../../components/config/types.ts';
import { VisibleError } from '../../../components/errors.ts';
import type { OfferName } from './offers.ts';

interface Wanted {
  provider: OfferName;
  media: RestoreConfig['media'];
  upload: boolean;
  fromDump?: string;
}

/** Whatever a rehearsal makes, it needs a key for; and says so before it makes the first of it. */
export function refuseWithoutKeys(env: Readonly<Record<string, string | undefined>>, flags: Wanted): void {
  const missing = ['SPACES_ACCESS_KEY_ID', 'SPACES_SECRET_ACCESS_KEY'].filter((name) => !env[name]);
  if (flags.media === 'copy' && missing.length > 0)
    throw new VisibleError(
      `no key to make a bucket with — ${missing.join(' and ')} not set — --media copy wants a bucket of its own: export it, or leave --media out; nothing was made`,
    );
  if (flags.upload && missing.length > 0 && flags.fromDump === undefined)
    throw new VisibleError(
      `no key for the report — ${missing.join(' and ')} not set — export it, or keep the report here only: --no-upload; nothing was made`,
    );
  const token = tokenVariables[flags.provider];
  if (!env[token])
    throw new VisibleError(
      `no token for the machine — --provider ${flags.provider}: ${token} is not set — export it: coop doctor says how to get one; nothing was made`,
    );
}
