import { expect, test } from 'vitest';
import { formatText, stripHtml } from '../../../../lab/standin/src/model/format.ts';

test('text becomes paragraphs, breaks and links, and never markup', () => {
  expect(formatText('a\nb\n\nc')).toBe('<p>a<br />b</p><p>c</p>');
  expect(formatText('<script>')).not.toContain('<script>');
  expect(formatText('see https://a.example/b')).toContain('<a href="https://a.example/b"');
  expect(formatText('https://a.example/"onclick="x')).not.toContain('"onclick');
});

test('remote markup is reduced to its text', () => {
  expect(stripHtml('<p>a &amp; b</p><p>c<br>d</p><script>x</script>')).toBe('a & b\nc\nd\nx');
});
