import { expect, test } from 'vitest';
import { mirrorsIn } from '../../../lab/machines/apt-source.ts';

test('Debian’s main archive is found in the one-line format, with options, and nothing else', () => {
  const text = [
    '# deb http://comment.example/debian trixie main',
    'deb [arch=amd64 signed-by=/x.gpg] https://mirror.example/debian/ bookworm main',
    'deb-src http://sources.example/debian bookworm main',
    'deb http://security.example/debian-security bookworm-security main',
    'deb https://other.example/node_20.x nodistro main',
  ].join('\n');
  expect(mirrorsIn(text)).toEqual(['https://mirror.example/debian']);
});

test('Debian’s main archive is found in the deb822 format, with several addresses on a line', () => {
  const text =
    'Types: deb\nURIs: http://a.example/debian http://b.example/debian/\nSuites: trixie\nComponents: main\n';
  expect(mirrorsIn(text)).toEqual(['http://a.example/debian', 'http://b.example/debian']);
  expect(mirrorsIn('URIs: http://archive.ubuntu.com/ubuntu\n')).toEqual([]);
});
