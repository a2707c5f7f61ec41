import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The state backend Pulumi would use here, found as Pulumi finds it: environment, project file, login; undefined when none. */
export function findBackend(projectDir: string, env: NodeJS.ProcessEnv): string | undefined {
  if (env.PULUMI_BACKEND_URL) return env.PULUMI_BACKEND_URL;
  const project = readOr(join(projectDir, 'Pulumi.yaml'), parse) as
    | { backend?: { url?: string } }
    | undefined;
  if (project?.backend?.url) return project.backend.url;
  const home = env.PULUMI_HOME || join(env.HOME || homedir(), '.pulumi');
  const login = readOr(join(home, 'credentials.json'), JSON.parse) as { current?: string } | undefined;
  return login?.current || undefined;
}

/** For people to read: without passwords and parameters. */
export function showBackend(backend: string | undefined): string {
  if (!backend) return 'not logged in';
  return backend.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '');
}

function readOr(path: string, parser: (text: string) => unknown): unknown {
  try {
    return parser(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
