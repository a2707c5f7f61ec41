import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Images, StackConfig } from '../config/types.ts';
import { digestOf } from './digest.ts';
import type { HostFile } from './types.ts';

const context = new URL('../../images/postgres', import.meta.url).pathname;

const contextFiles = () =>
  readdirSync(context)
    .sort()
    .map((name) => ({ name, content: readFileSync(join(context, name), 'utf8') }));

const builtHere = ({ images }: StackConfig) => images.postgres === 'build';

/** The images as the machine names them: a database image that is built there is named by what it is built from. */
export function imagesOf(config: StackConfig): Images {
  if (!builtHere(config)) return config.images;
  const key = digestOf(...contextFiles().flatMap(({ name, content }) => [name, content]));
  return { ...config.images, postgres: `social-coop/postgres:${key}` };
}

/** What the machine builds the database image from, when no registry holds it. */
export function imageContext(config: StackConfig): HostFile[] {
  if (!builtHere(config)) return [];
  return contextFiles().map(({ name, content }) => ({
    path: `/opt/social.coop/images/postgres/${name}`,
    mode: name === 'Dockerfile' ? 0o644 : 0o755,
    owner: 'root',
    group: 'root',
    content,
  }));
}
