import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signedS3Headers } from '../../components/accounts/s3-signature.ts';
import { VisibleError } from '../../components/errors.ts';
import { prefix } from '../lib/stack-file.ts';

/** Who holds a stack's state, as Pulumi's own backends write it down. */
export interface Lock {
  username: string;
  hostname: string;
  pid: number;
  /** ISO time. */
  timestamp: string;
}

const project = prefix.slice(0, -1);
const place = (stack: string) => `.pulumi/locks/organization/${project}/${stack}`;

/**
 * The locks on a stack's state, read where Pulumi keeps them: one file each beside the state
 * (https://www.pulumi.com/docs/iac/concepts/state-and-backends/). Undefined where we cannot look.
 */
export async function readLocks(
  backend: string,
  stack: string,
  env: NodeJS.ProcessEnv,
  call: typeof fetch = fetch,
): Promise<Lock[] | undefined> {
  if (backend.startsWith('file://')) return fileLocks(backend.slice('file://'.length), stack);
  if (backend.startsWith('s3://')) return s3Locks(new URL(backend), stack, env, call);
  return undefined;
}

function fileLocks(root: string, stack: string): Lock[] {
  const directory = join(
    root.replace(/^~(?=\/)/, process.env.HOME ?? '~').replace(/\?.*$/, ''),
    place(stack),
  );
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readLock(join(directory, name)) ?? []);
}

/** Undefined: whoever held it let go while we looked. */
function readLock(path: string): Lock | undefined {
  try {
    return parseLock(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseLock(text: string, path: string): Lock {
  try {
    return JSON.parse(text) as Lock;
  } catch {
    throw new VisibleError(
      `a lock that was cut off — ${path} — its engine died while it wrote it; when none is at work for sure: pulumi cancel`,
    );
  }
}

/** `s3://BUCKET/PREFIX?endpoint=HOST&region=REGION`, with the keys that pulumi would use. */
async function s3Locks(
  url: URL,
  stack: string,
  env: NodeJS.ProcessEnv,
  call: typeof fetch,
): Promise<Lock[] | undefined> {
  const { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey } = env;
  // Profiles and roles are the AWS SDK's business.
  if (!accessKey || !secretKey) return undefined;
  const region = url.searchParams.get('region') ?? env.AWS_REGION ?? 'us-east-1';
  const endpoint = url.searchParams.get('endpoint') ?? `s3.${region}.amazonaws.com`;
  const base = new URL(/^https?:/.test(endpoint) ? endpoint : `https://${endpoint}`);
  const get = async (target: URL) => {
    const keys = { accessKey, secretKey, sessionToken: env.AWS_SESSION_TOKEN };
    const response = await call(target, {
      headers: signedS3Headers('GET', target, region, keys),
      signal: AbortSignal.timeout(4000),
    });
    return response.ok ? response.text() : undefined;
  };
  const folder = [url.pathname.slice(1), place(stack)].filter(Boolean).join('/');
  const list = new URL(`/${url.host}/`, base);
  list.searchParams.set('list-type', '2');
  list.searchParams.set('prefix', `${folder}/`);
  const listed = await get(list);
  if (listed === undefined) return undefined;
  const keys = [...listed.matchAll(/<Key>([^<]+\.json)<\/Key>/g)].map(([, key]) => key as string);
  const locks = await Promise.all(
    keys.map(async (key) => {
      const text = await get(new URL(`/${url.host}/${key}`, base));
      return text === undefined ? [] : [parseLock(text, key)];
    }),
  );
  return locks.flat();
}
