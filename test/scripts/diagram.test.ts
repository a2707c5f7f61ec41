import { expect, test } from 'vitest';
import { layoutOf } from '../../scripts/lib/diagram/layout.ts';
import { draw } from '../../scripts/lib/diagram/page.ts';
import type { Asked } from '../../scripts/lib/diagram/resources.ts';

const asked = (name: string, needs: string[] = [], more: Partial<Asked> = {}): Asked => ({
  name,
  type: `hcloud:index/${name}:${name.toUpperCase()}`,
  component: false,
  parent: 's-machine',
  needs,
  protect: false,
  ignoreChanges: [],
  ...more,
});
const machine = asked('s-machine', [], { type: 'social-coop:machine:X', component: true, parent: 's' });

test('a resource stands right of everything it needs, next to what needs it', () => {
  const layout = layoutOf([
    machine,
    asked('a'),
    asked('b', ['a']),
    asked('late'),
    asked('c', ['a', 'b', 'late']),
  ]);
  const columns = layout.boxes.map(({ members, column }) => [members[0]?.name, column]);
  expect(Object.fromEntries(columns)).toEqual({ a: 0, b: 1, late: 1, c: 2 });
});

test('an arrow that follows from two others is left out', () => {
  const { edges } = layoutOf([machine, asked('a'), asked('b', ['a']), asked('c', ['a', 'b'])]);
  expect(edges.map(([from, to]) => `${from.members[0]?.name}→${to.members[0]?.name}`)).toEqual([
    'a→b',
    'b→c',
  ]);
});

test('what is of one kind and needs the same stands in one box', () => {
  const type = 'cloudflare:index/dnsRecord:DnsRecord';
  const { boxes } = layoutOf([machine, asked('a', [], { type }), asked('b', [], { type }), asked('c')]);
  expect(boxes.map(({ members }) => members.map(({ name }) => name))).toEqual([['a', 'b'], ['c']]);
});

test('the picture says who runs it, what is protected, and nothing that would be markup', () => {
  const { svg, markdown } = draw('s', [machine, asked('a<b>', [], { protect: true, ignoreChanges: ['x'] })]);
  expect(svg).toContain('a&lt;b&gt; · protected');
  expect(svg).toContain('Hetzner');
  expect(svg).not.toContain('Cloudflare');
  expect(svg).not.toContain('a<b>');
  expect(svg).toContain('prefers-color-scheme: dark');
  expect(svg).not.toMatch(/https?:(?!\/\/www\.w3\.org\/2000\/svg)/);
  expect(markdown).toContain('(protected)');
  expect(markdown).toMatch(/\| nothing \| x \|/);
});
