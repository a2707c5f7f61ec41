import { VisibleError } from '../../components/errors.ts';

export interface ImageReference {
  /** `ghcr.io`, `registry.example:5000`. */
  host: string;
  /** `mastodon/mastodon`. */
  name: string;
  tag?: string | undefined;
  digest?: string | undefined;
}

/** Takes `[host/]name[:tag][@digest]` apart; without a host it is Docker Hub's, as docker reads it. */
export function parseImageReference(text: string): ImageReference {
  const match = /^([^@\s]+?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text);
  const path = match?.[1]?.split('/') ?? [];
  if (!match || path.some((part) => part === ''))
    throw new VisibleError(`not an image reference — ${text} — write host/name:tag or host/name@sha256:…`);
  const first = path[0] as string;
  const hasHost = path.length > 1 && (/[.:]/.test(first) || first === 'localhost');
  const host = hasHost ? first : 'docker.io';
  const rest = hasHost ? path.slice(1) : path;
  const name = host === 'docker.io' && rest.length === 1 ? `library/${rest[0]}` : rest.join('/');
  return { host, name, tag: match[2], digest: match[3] };
}

/** `host/name:tag@digest`, with what is there. */
export function showImageReference({ host, name, tag, digest }: ImageReference): string {
  return `${host}/${name}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`;
}
