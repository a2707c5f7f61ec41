import { readFileSync } from 'node:fs';

const list = new URL('../../host/etc/social.coop/packages', import.meta.url);

/** Debian packages a machine stands on: the first boot installs them, every apply checks them. */
export function packages(): string[] {
  return readFileSync(list, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}
