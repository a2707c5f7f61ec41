import { digestOf } from './digest.ts';

/** One service of a Compose file: https://docs.docker.com/reference/compose-file/services/ */
export interface ComposeService {
  image: string;
  [key: string]: unknown;
}

export const networkNames = { internal: 'coop-int', out: 'coop-out' } as const;

/** What every container has in common; the trust label recreates it when the authorities that it trusts change. */
export function common(image: string, memoryMb: number, trust: string): ComposeService {
  return {
    image,
    restart: 'unless-stopped',
    mem_limit: `${memoryMb}m`,
    // No swap beyond the limit: a container that grows is restarted, the others stay quick.
    memswap_limit: `${memoryMb}m`,
    pids_limit: 1024,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    logging: { driver: 'journald', options: { tag: '{{.Name}}' } },
    ...(trust === '' ? {} : { annotations: { 'coop.trust': digestOf(trust) } }),
  };
}
