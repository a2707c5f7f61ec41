import { generatedFiles } from './generated-files.ts';
import { ruleFor } from './manifest.ts';
import { belongs } from './role.ts';
import { stackEnvironment } from './stack-env.ts';
import { type StaticFile, staticFiles, staticRules } from './static-files.ts';
import { fill } from './template.ts';
import type { HostFacts, HostFile } from './types.ts';

export type { BucketAccess, HostFacts, HostFile } from './types.ts';

/** Every file of a machine, sorted by path; the same facts give the same bytes. */
export function renderHost(facts: HostFacts): HostFile[] {
  const values = stackEnvironment(facts);
  const rules = staticRules();
  const fixed = staticFiles()
    .filter(({ path }) => belongs(path, facts))
    .flatMap((file) => (file.path.includes('/database-client@') ? perClient(file, facts) : [file]))
    .map(({ path, template, content }) => ({
      path,
      ...modeAndOwner(ruleFor(rules, path)),
      content: template ? fill(path, content, values) : content,
    }));
  const files = [...fixed, ...generatedFiles(facts)].sort((a, b) => (a.path < b.path ? -1 : 1));
  const twice = files.find(({ path }, index) => files[index + 1]?.path === path);
  if (twice) throw new Error(`${twice.path} is both under host/ and generated`);
  return files;
}

/** A unit `database-client@.…` under host/ is there once for each client, under its name. */
function perClient(file: StaticFile, { config }: HostFacts): StaticFile[] {
  return Object.entries(config.databaseClients).map(([name, { port, connections }]) => ({
    ...file,
    path: file.path.replace('@', `@${name}`),
    content: file.content
      .replaceAll('@CLIENT@', name)
      .replaceAll('@CLIENT_PORT@', String(port))
      .replaceAll('@CLIENT_CONNECTIONS@', String(connections)),
  }));
}

const modeAndOwner = ({ mode, owner, group }: Pick<HostFile, 'mode' | 'owner' | 'group'>) => ({
  mode,
  owner,
  group,
});
