import { describe, expect, it } from 'vitest';
import { type Kept, refuseProtected, showLosses } from '../../scripts/lib/destroy.ts';
import { failoverSteps } from '../../scripts/lib/failover-steps.ts';
import { problemOf } from '../docs/commands.ts';
import { commandsOf } from '../docs/shell-words.ts';

const resource = (type: string, name: string, more: Partial<Kept> = {}): Kept => ({
  urn: `urn:pulumi:alpha::instance::${type}::${name}`,
  type,
  custom: true,
  ...more,
});
const bucket = resource('digitalocean:index/spacesBucket:SpacesBucket', 'alpha-storage-media', {
  outputs: { name: 'alpha-social-coop-media' },
});

describe('coop destroy', () => {
  it('refuses a protected stack, and names both steps', () => {
    expect(() => refuseProtected('prod', { protect: true }, [])).toThrow(
      /1\. set protect to false there .*pulumi up -s prod.*2\. coop destroy prod/,
    );
  });

  it('refuses while the state still protects something, and names what and the step that is left', () => {
    expect(() => refuseProtected('prod', { protect: false }, [{ ...bucket, protect: true }])).toThrow(
      /1 resources are still protected .*alpha-storage-media — 1\. pulumi up -s prod/,
    );
    expect(() => refuseProtected('alpha', {}, [bucket])).not.toThrow();
  });

  it('says what goes, and that buckets go with what is in them', () => {
    const lines = showLosses([
      resource('hcloud:index/server:Server', 'alpha-primary-server'),
      bucket,
      bucket,
    ]);
    expect(lines).toContain('    1 Server');
    expect(lines).toContain('    2 SpacesBucket');
    expect(lines.join('\n')).toMatch(/everything in it, old versions too: bucket alpha-social-coop-media/);
  });
});

describe('coop failover', () => {
  it('names where the machine of this stack is switched off, and who moves its names', () => {
    const steps = failoverSteps('prod', {
      domain: 'social.coop',
      primary: { provider: 'hetzner' },
      dns: { provider: 'none' },
    });
    const text = steps.map(({ what }) => what).join('\n');
    expect(text).toMatch(/primary\.social\.coop off, or delete it, at https:\/\/console\.hetzner\.com/);
    expect(text).toMatch(/point the names of social\.coop to the new address by hand/);
  });

  it('has an apply bring the database back, by commands that exist', () => {
    const commands = failoverSteps('prod', {}).flatMap(({ command }) => command ?? []);
    expect(commands.slice(2, 6)).toEqual([
      'pulumi config set -s prod --path recover.to latest',
      'pulumi up -s prod',
      'pulumi config rm -s prod recover',
      'pulumi up -s prod',
    ]);
    const wrong = commands.flatMap(commandsOf).flatMap((words) => problemOf(words, true) ?? []);
    expect(wrong).toEqual([]);
  });
});
