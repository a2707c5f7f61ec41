import type { PassphraseSource } from '../passphrase.ts';

/** What `coop recover` was told. */
export interface RecoverFlags extends PassphraseSource {
  bucket: string;
  storageRegion: string;
  endpoint?: string;
  kitOnly?: boolean;
  at?: string;
  backup?: string;
  provider?: string;
  region?: string;
  size?: string;
  yes?: boolean;
  json?: boolean;
  color?: boolean;
}
