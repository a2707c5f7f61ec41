import { mergeRestore } from '../../../components/restore/merge.ts';
import { engineConfig, freshSecrets, stackFile } from '../../fixtures/stack.ts';

/** The raw configuration of a copy of a staging stack, merged as index.ts does, and the source's secrets. */
export function copyOf(
  changes: Record<string, unknown> = {},
  primary: object = { provider: 'digitalocean' },
) {
  const source = stackFile();
  const place = (purpose: string) => ({
    bucket: `staging-social-coop-${purpose}`,
    region: 'fra1',
    endpoint: 'fra1.digitaloceanspaces.com',
  });
  const kit = {
    format: 1,
    stack: 'staging',
    config: engineConfig(source),
    buckets: { media: place('media'), backups: place('backups') },
  };
  const { secrets, hostPublicKey, deployPublicKey } = freshSecrets();
  const own = {
    restore: { from: 'staging', ...changes },
    primary,
    ...{ hostPublicKey, deployPublicKey },
    secrets: { hostKey: secrets.hostKey, deployKey: secrets.deployKey },
  };
  return {
    raw: mergeRestore(engineConfig(own as never), kit, 'instance'),
    sourceSecrets: source.secrets as Record<string, string>,
  };
}
