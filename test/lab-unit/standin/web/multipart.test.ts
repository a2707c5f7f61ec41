import { readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Form } from '../../../../lab/standin/src/web/form.ts';
import { readMultipart } from '../../../../lab/standin/src/web/multipart.ts';

const BOUNDARY = 'x--yz';

function encode(fields: [string, string][], file: Buffer): Buffer {
  const parts = fields.map(([name, value]) =>
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
  );
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a b.png"\r\nContent-Type: image/png\r\n\r\n`;
  return Buffer.concat([...parts, Buffer.from(head), file, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}

function cut(data: Buffer, sizes: number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, i = 0; at < data.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    pieces.push(data.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const read = async (pieces: Buffer[]): Promise<Form> => {
  const form = new Form();
  await readMultipart(
    Readable.from(pieces) as unknown as IncomingMessage,
    `multipart/form-data; boundary=${BOUNDARY}`,
    form,
  );
  return form;
};

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }).map((array) => Buffer.from(array)),
  // bodies that look like boundaries
  fc
    .array(fc.constantFrom('\r\n', '--', `\r\n--${BOUNDARY}`.slice(0, -1), '-', '\r', BOUNDARY.slice(0, 3)), {
      maxLength: 60,
    })
    .map((parts) => Buffer.from(parts.join(''))),
);

test('a form arrives whole, however the network cuts it', async () => {
  await fc.assert(
    fc.asyncProperty(
      bytes,
      fc.string(),
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 }),
      async (file, text, sizes) => {
        fc.pre(!text.includes(BOUNDARY));
        const form = await read(
          cut(
            encode(
              [
                ['description', text],
                ['ids[]', '1'],
                ['ids[]', '2'],
              ],
              file,
            ),
            sizes,
          ),
        );
        const upload = form.uploads.get('file');
        expect(form.get('description')).toBe(text);
        expect(form.all('ids')).toEqual(['1', '2']);
        expect(upload).toMatchObject({ filename: 'a b.png', contentType: 'image/png', size: file.length });
        expect(readFileSync(upload?.path ?? '').equals(file)).toBe(true);
        rmSync(upload?.path ?? '');
      },
    ),
    { numRuns: 150 },
  );
});

test('a body that ends early is refused, and the file it began is known, to be removed', async () => {
  const whole = encode([], Buffer.alloc(2000, 1));
  const form = new Form();
  const half = Readable.from([whole.subarray(0, 1500)]) as unknown as IncomingMessage;
  await expect(readMultipart(half, `multipart/form-data; boundary=${BOUNDARY}`, form)).rejects.toThrow(
    'ended early',
  );
  const path = form.uploads.get('file')?.path ?? '';
  expect(path).not.toBe('');
  rmSync(path, { force: true });
});

test('a body without a boundary is refused', async () => {
  await expect(
    readMultipart(Readable.from([]) as unknown as IncomingMessage, 'multipart/form-data', new Form()),
  ).rejects.toThrow('without a boundary');
});
