import { apps } from '../apps/index.ts';
import { keyFiles } from './access.ts';
import { alertFiles } from './alerts.ts';
import { appEnvironment } from './app-environment.ts';
import { composeFile } from './compose.ts';
import { envFile } from './env-file.ts';
import { fencedPorts } from './fenced-ports.ts';
import { egressNames, firewallEgress, firewallRanges, firewallValues } from './firewall.ts';
import { imageContext } from './images.ts';
import { nginxFederation, nginxOperators, nginxUpstreams } from './nginx.ts';
import { onHost, users } from './paths.ts';
import { pgbackrestFiles } from './pgbackrest.ts';
import { postgresAccess, postgresClients, postgresConfig, postgresRoles } from './postgres.ts';
import { rcloneConfig } from './rclone.ts';
import { recoveryFiles } from './recovery.ts';
import { redisConfig } from './redis.ts';
import { stackEnvironment } from './stack-env.ts';
import { trustFiles } from './trust.ts';
import type { HostFacts, HostFile } from './types.ts';

const file = (path: string, content: string, mode = 0o644, owner = 'root'): HostFile => ({
  path,
  mode,
  owner,
  group: owner,
  content,
});

/** The files that depend on more than a few values. */
export function generatedFiles(facts: HostFacts): HostFile[] {
  const app = apps[facts.config.app];
  const { plain, secret } = appEnvironment(facts);
  return [
    file(onHost.stackEnvironment, envFile(stackEnvironment(facts))),
    file(onHost.compose, composeFile(facts)),
    file(onHost.plainEnvironment, envFile(plain), 0o600),
    // Readable by the app's user, because the app itself reads it inside its containers.
    file(onHost.secretEnvironment, envFile(secret), 0o400, String(app.uid)),
    file(`${onHost.postgres}/postgresql.conf`, postgresConfig(facts)),
    file(`${onHost.postgres}/pg_hba.conf`, postgresAccess(facts)),
    file(`${onHost.postgres}/roles.sql`, postgresRoles(facts), 0o400, users.postgres),
    file(`${onHost.postgres}/clients.json`, postgresClients(facts), 0o400, users.postgres),
    file(`${onHost.postgres}/media.json`, `${JSON.stringify(app.media, undefined, 1)}\n`),
    ...pgbackrestFiles(facts).map(({ name, content }) =>
      file(`${onHost.postgres}/${name}`, content, 0o400, users.postgres),
    ),
    file(`${onHost.redis}/redis.conf`, redisConfig(facts), 0o400, users.redis),
    file('/etc/social.coop/rclone.conf', rcloneConfig(facts), 0o600),
    ...alertFiles(facts).map(({ name, content }) => file(`/etc/social.coop/alert/${name}`, content, 0o600)),
    file('/etc/social.coop/egress', egressNames(facts)),
    file('/etc/social.coop/firewall/values.nft', firewallValues(facts)),
    file('/etc/social.coop/firewall/ranges.nft', firewallRanges(facts)),
    file('/etc/social.coop/firewall/egress.nft', firewallEgress(facts)),
    file('/etc/nginx/social.coop/upstreams.conf', nginxUpstreams(facts)),
    file('/etc/nginx/social.coop/operators.conf', nginxOperators(facts)),
    file('/etc/nginx/social.coop/federation.conf', nginxFederation(facts)),
    ...recoveryFiles(facts),
    ...(facts.config.restore ? fencedPorts(facts) : []),
    ...(facts.config.restore?.dump
      ? [file(onHost.dumps, `${JSON.stringify(facts.config.restore.dump.keys, undefined, 1)}\n`, 0o600)]
      : []),
    ...imageContext(facts.config),
    ...keyFiles(facts),
    ...trustFiles(facts),
  ];
}
