import { describe, expect, it } from 'vitest';
import { cloudflare } from '../../../lab/providers/cloudflare.ts';
import { command } from '../../../lab/providers/command/command.ts';
import { digitalocean } from '../../../lab/providers/digitalocean.ts';
import { hcloud } from '../../../lab/providers/hcloud.ts';
import type { Provider } from '../../../lab/providers/lib/provider.ts';
import type { InputRule, PackageRules } from '../../../lab/providers/lib/rules.ts';
import { secret, unknown } from '../../../lab/providers/lib/wire.ts';
import cloudflareRules from '../../../lab/providers/rules/cloudflare.json' with { type: 'json' };
import commandRules from '../../../lab/providers/rules/command.json' with { type: 'json' };
import digitaloceanRules from '../../../lab/providers/rules/digitalocean.json' with { type: 'json' };
import hcloudRules from '../../../lab/providers/rules/hcloud.json' with { type: 'json' };
import { mistake, sample } from './samples.ts';

const all: [Provider, PackageRules, string[]][] = [
  [digitalocean, digitaloceanRules as unknown as PackageRules, []],
  [cloudflare, cloudflareRules as unknown as PackageRules, []],
  [hcloud, hcloudRules as unknown as PackageRules, []],
  // The lab runs nothing on the operator's own machine.
  [command, commandRules as unknown as PackageRules, ['command:local:Command']],
];

for (const [provider, rules, left] of all) {
  const types = Object.entries(rules.resources).filter(([type]) => !left.includes(type));
  describe.each(types)(`${rules.package}: %s`, (type, { inputs }) => {
    const subject = { type, name: 'it', urn: `urn:pulumi:s::p::${type}::it` };
    const entries = Object.entries(inputs) as [string, InputRule][];
    const valid = Object.fromEntries(entries.map(([key, rule]) => [key, sample(rule.type)]));
    const failures = (news: Record<string, unknown>) => provider.check(subject, {}, news).failures;

    it('takes every known input, as a value, a secret or not known yet', () => {
      expect(failures(valid)).toEqual([]);
      for (const [key] of entries) {
        expect(failures({ ...valid, [key]: secret(valid[key]) })).toEqual([]);
        expect(failures({ ...valid, [key]: unknown })).toEqual([]);
      }
    });

    it('refuses an unknown input and names it', () => {
      const found = failures({ ...valid, sizeOfEverything: 1 });
      expect(found).toHaveLength(1);
      expect(`${found[0]?.property} ${found[0]?.reason}`).toContain('sizeOfEverything');
    });

    it('refuses an unknown field inside an input', () => {
      for (const [key, { type: shape }] of entries) {
        const element = Array.isArray(shape) ? shape[0] : shape;
        if (typeof element !== 'object' || Array.isArray(element) || 'enum' in element || '*' in element)
          continue;
        const value = { ...(sample(element) as object), strange: true };
        expect(failures({ ...valid, [key]: Array.isArray(shape) ? [value] : value }), key).toHaveLength(1);
      }
    });

    it('refuses each missing required input and names it', () => {
      for (const [key, rule] of entries) {
        const { [key]: _, ...rest } = valid;
        const found = failures(rest);
        expect(found, key).toHaveLength(rule.required ? 1 : 0);
        if (rule.required) expect(`${found[0]?.property} ${found[0]?.reason}`).toContain(key);
      }
    });

    it('refuses each input of another type, wrapped as a secret or not', () => {
      for (const [key, rule] of entries) {
        const wrong = mistake(rule.type);
        if (wrong === undefined) continue;
        expect(failures({ ...valid, [key]: wrong }), key).toHaveLength(1);
        expect(failures({ ...valid, [key]: secret(wrong) }), key).toHaveLength(1);
        if (Array.isArray(rule.type) && mistake(rule.type[0] ?? 'any') !== undefined) {
          expect(failures({ ...valid, [key]: [mistake(rule.type[0] ?? 'any')] }), key).toHaveLength(1);
        }
      }
    });

    it('sees no difference where there is none, secret or not', () => {
      const wrapped = Object.fromEntries(entries.map(([key]) => [key, secret(valid[key])]));
      expect(provider.diff(subject, valid, valid)).toEqual({ changed: {}, replaces: [] });
      expect(provider.diff(subject, wrapped, valid)).toEqual({ changed: {}, replaces: [] });
    });

    it('replaces on the inputs the rules say, and on no other', () => {
      for (const [key, rule] of entries) {
        const replaces = rule.replaces ? [key] : [];
        const changed = { ...valid, [key]: sample(rule.type, true) };
        const { [key]: _, ...without } = valid;
        expect(provider.diff(subject, valid, changed), key).toEqual({
          changed: { [key]: 'update' },
          replaces,
        });
        expect(provider.diff(subject, valid, without), key).toEqual({
          changed: { [key]: 'delete' },
          replaces,
        });
        expect(provider.diff(subject, without, valid), key).toEqual({ changed: { [key]: 'add' }, replaces });
        expect(provider.diff(subject, valid, { ...valid, [key]: unknown }).replaces, key).toEqual(replaces);
      }
    });
  });
}

describe('what the providers treat alike', () => {
  const droplet = { type: 'digitalocean:index/droplet:Droplet', name: 'it', urn: '' };

  it('takes the lists of DigitalOcean for sets, and those of command for lists', () => {
    const tags = (...list: string[]) => ({ tags: list });
    expect(digitalocean.diff(droplet, tags('a', 'b'), tags('b', 'a')).changed).toEqual({});
    const run = { type: 'command:remote:Command', name: 'it', urn: '' };
    const triggers = (...list: string[]) => ({ triggers: list });
    expect(command.diff(run, triggers('a', 'b'), triggers('b', 'a')).replaces).toEqual(['triggers']);
  });

  it('takes the lists of Hetzner for sets, save the keys of a server', () => {
    const machine = { type: 'hcloud:index/server:Server', name: 'it', urn: '' };
    expect(hcloud.diff(machine, { firewallIds: [1, 2] }, { firewallIds: [2, 1] }).changed).toEqual({});
    expect(hcloud.diff(machine, { sshKeys: ['a', 'b'] }, { sshKeys: ['b', 'a'] }).replaces).toEqual([
      'sshKeys',
    ]);
  });

  it('makes up a name once and keeps it', () => {
    const given = { image: 'i', size: 's' };
    const first = digitalocean.check(droplet, {}, given).inputs;
    expect(first.name).toMatch(/^it-[0-9a-f]{7}$/);
    expect(digitalocean.check(droplet, first, given).inputs.name).toBe(first.name);
    expect(digitalocean.check(droplet, first, { ...given, name: 'mine' }).inputs.name).toBe('mine');
    expect(
      digitalocean.diff(droplet, first, digitalocean.check(droplet, first, given).inputs).changed,
    ).toEqual({});
  });

  it('refuses a fraction where a whole number is due', () => {
    const volume = { type: 'digitalocean:index/volume:Volume', name: 'it', urn: '' };
    const { failures } = digitalocean.check(volume, {}, { region: 'fra1', size: 1.5 });
    expect(failures[0]?.reason).toMatch(/expected integer type/);
  });
});
