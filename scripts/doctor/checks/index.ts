import type { Check } from '../types.ts';
import { config } from './config.ts';
import { costs } from './costs.ts';
import { expires } from './expires.ts';
import { machine } from './machine.ts';
import { names } from './names.ts';
import { passphrase } from './passphrase.ts';
import { quotas } from './quotas.ts';
import { recovery } from './recovery.ts';
import { rehearsals } from './rehearsals.ts';
import { servers } from './servers.ts';
import { sshClient } from './ssh-client.ts';
import { stackFileCheck } from './stack-file.ts';
import { state } from './state.ts';
import { tokenCheck } from './tokens.ts';
import { versions } from './versions.ts';

/** Every check, in the order they are shown: what stands here, then what is elsewhere. */
export const checks: Check[] = [
  versions,
  sshClient,
  state,
  stackFileCheck,
  passphrase,
  config,
  recovery,
  tokenCheck('hetzner'),
  tokenCheck('digitalocean'),
  tokenCheck('spaces'),
  tokenCheck('cloudflare'),
  servers,
  rehearsals,
  quotas,
  names,
  machine,
  expires,
  costs,
];
