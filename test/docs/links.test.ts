import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { checkout } from '../../scripts/lib/paths.ts';
import { pages, prose, textOf } from './pages.ts';

/** Where the links of a page lead, in the order they stand. */
function linksOf(text: string): string[] {
  const plain = prose(text).replaceAll(/`[^`\n]*`/g, '');
  const inline = [...plain.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const named = [...plain.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
  const images = [...plain.matchAll(/<(?:img|source|a)\b[^>]*?(?:src|srcset|href)="([^"]+)"/g)];
  return [...inline, ...named, ...images].map((match) => match[1] ?? '');
}

/** Names of a page's headings as GitHub and GitLab make them. */
function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return [...prose(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = '']) => {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
}

function problemOf(page: string, link: string): string | undefined {
  if (/^[a-z]+:/i.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)));
  if (target.startsWith('..')) return `${page}: ${link} leads out of the repository`;
  if (!existsSync(join(checkout, target))) return `${page}: ${link} — there is no ${target}`;
  if (!anchor || !target.endsWith('.md')) return undefined;
  const anchors = anchorsOf(textOf(target));
  return anchors.includes(anchor)
    ? undefined
    : `${page}: ${link} — ${target} has no such heading; it has ${anchors.join(', ')}`;
}

test.each(pages())('every link of %s leads somewhere', (page) => {
  const wrong = linksOf(textOf(page)).flatMap((link) => problemOf(page, link) ?? []);
  expect(wrong).toEqual([]);
});

test('links are found, and wrong ones too', () => {
  expect(pages()).toContain('README.md');
  expect(linksOf(textOf('README.md')).length).toBeGreaterThan(4);
  expect(linksOf('[a](b.md#c) ![d](e.svg "f") `[g](h)`\n[i]: j.md')).toEqual(['b.md#c', 'e.svg', 'j.md']);
  expect(problemOf('docs/performance.md', 'nowhere.md')).toMatch(/there is no docs\/nowhere\.md/);
  expect(problemOf('README.md', '#nowhere')).toMatch(/no such heading/);
  expect(problemOf('docs/performance.md', '../../elsewhere')).toMatch(/leads out/);
  expect(problemOf('docs/performance.md', '../README.md#two-commands')).toBeUndefined();
});
