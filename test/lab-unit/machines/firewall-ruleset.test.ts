import { expect, test } from 'vitest';
import {
  baseRuleset,
  machineRuleset,
  mapsRuleset,
  removalRuleset,
} from '../../../lab/machines/firewall-ruleset.ts';
import type { FirewallRule } from '../../../lab/machines/types.ts';

const mac = '02:c0:0b:00:00:0a';
const inboundRules = (...inbound: FirewallRule[]) =>
  machineRuleset(mac, { inbound, outbound: [] })
    .split('\n')
    .filter((line) => line.startsWith('add rule inet coop_lab in_'))
    .map((line) => line.replace('add rule inet coop_lab in_02c00b00000a ', ''));

test('a firewall without rules drops both ways; none at all leaves both chains empty', () => {
  const rules = (text: string) => text.split('\n').filter((line) => line.startsWith('add rule'));
  expect(rules(machineRuleset(mac, { inbound: [], outbound: [] }))).toEqual([
    'add rule inet coop_lab in_02c00b00000a drop',
    'add rule inet coop_lab out_02c00b00000a drop',
  ]);
  expect(rules(machineRuleset(mac, undefined))).toEqual([]);
});

test('both chains are emptied in the same transaction that fills them', () => {
  const text = machineRuleset(mac, { inbound: [], outbound: [] });
  for (const chain of ['in_02c00b00000a', 'out_02c00b00000a'])
    expect(text.indexOf(`flush chain inet coop_lab ${chain}`)).toBeLessThan(
      text.indexOf(`add rule inet coop_lab ${chain}`),
    );
});

test('inbound rules match the source, outbound rules the destination, each in its own family', () => {
  const rule: FirewallRule = { protocol: 'tcp', ports: '443', addresses: ['10.0.0.0/8', 'fd00::/8'] };
  expect(inboundRules(rule)).toEqual([
    'ip saddr 10.0.0.0/8 tcp dport 443 return',
    'ip6 saddr fd00::/8 tcp dport 443 return',
    'drop',
  ]);
  expect(machineRuleset(mac, { inbound: [], outbound: [rule] })).toContain(
    'ip6 daddr fd00::/8 tcp dport 443 return',
  );
});

test('ranges, every port, UDP and ICMP', () => {
  expect(inboundRules({ protocol: 'udp', ports: '8000-9000', addresses: ['0.0.0.0/0'] })[0]).toBe(
    'ip saddr 0.0.0.0/0 udp dport 8000-9000 return',
  );
  expect(inboundRules({ protocol: 'tcp', addresses: ['::/0'] })[0]).toBe(
    'ip6 saddr ::/0 meta l4proto tcp return',
  );
  expect(inboundRules({ protocol: 'icmp', addresses: ['0.0.0.0/0', '::/0'] })).toEqual([
    'ip saddr 0.0.0.0/0 meta l4proto icmp return',
    'ip6 saddr ::/0 meta l4proto ipv6-icmp return',
    'drop',
  ]);
});

test('what is not a port or a MAC address never reaches nft', () => {
  expect(() => inboundRules({ protocol: 'tcp', ports: '22; drop', addresses: ['::/0'] })).toThrow(
    /not a port or range/,
  );
  expect(() => machineRuleset('02:C0:0b:00:00:0a', undefined)).toThrow(/not a MAC address/);
  expect(() => removalRuleset('x')).toThrow(/not a MAC address/);
});

test('a machine is known by its MAC on the bridge, and by every address it holds to the host', () => {
  const text = mapsRuleset([{ mac, ip4s: ['198.18.1.10', '198.18.2.1'], ip6s: ['fd00:c00b::1:10'] }]);
  expect(text).toContain('add element inet coop_lab leaving { 02:c0:0b:00:00:0a : jump out_02c00b00000a }');
  expect(text).toContain('add element inet coop_lab entering { 02:c0:0b:00:00:0a : jump in_02c00b00000a }');
  expect(text).toContain('add element inet coop_lab entering4 { 198.18.2.1 : jump in_02c00b00000a }');
  expect(text).toContain('add element inet coop_lab entering6 { fd00:c00b::1:10 : jump in_02c00b00000a }');
});

test('the way out of the lab is closed before any machine’s own rules are asked', () => {
  const forward = baseRuleset()
    .split('\n')
    .filter((line) => line.startsWith('add rule inet coop_lab forward'));
  const position = (part: string) => forward.findIndex((line) => line.includes(part));
  expect(position('oifname != "coop0" meta l4proto tcp reject')).toBeGreaterThanOrEqual(0);
  expect(position('oifname != "coop0" meta l4proto tcp reject')).toBeLessThan(position('established'));
  expect(position('established')).toBeLessThan(position('@leaving'));
});
