import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpError } from './errors.ts';
import type { Form, Upload } from './form.ts';

interface Part {
  name: string;
  filename?: string;
  type: string;
  chunks: Buffer[];
  file?: WriteStream;
  upload?: Upload;
}

const FIELD_LIMIT = 1024 * 1024;

/** Reads multipart/form-data as it arrives; files go to the temporary directory, never into memory. */
export async function readMultipart(req: IncomingMessage, contentType: string, form: Form): Promise<void> {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (!boundary) throw new HttpError(400, 'multipart body without a boundary');
  const mark = Buffer.from(`\r\n--${boundary}`);
  // the first boundary has no line break before it
  let rest: Buffer = Buffer.from('\r\n');
  let part: Part | undefined;
  let ended = false;
  for await (const chunk of req) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    for (;;) {
      const at = rest.indexOf(mark);
      if (at < 0) {
        // a boundary may begin in the last bytes: keep them
        const safe = rest.length - mark.length;
        if (safe > 0) {
          if (part) await feed(part, rest.subarray(0, safe));
          rest = rest.subarray(safe);
        }
        break;
      }
      const head = rest.subarray(at + mark.length);
      if (head.length < 2) break;
      if (head.subarray(0, 2).toString() === '--') {
        if (part) await close(part, rest.subarray(0, at), form);
        part = undefined;
        ended = true;
        break;
      }
      const headersEnd = head.indexOf('\r\n\r\n');
      if (headersEnd < 0) break;
      if (part) await close(part, rest.subarray(0, at), form);
      part = open(head.subarray(2, headersEnd).toString('utf8'), form);
      rest = Buffer.from(head.subarray(headersEnd + 4));
    }
    if (ended) rest = Buffer.alloc(0);
  }
  if (!ended) {
    part?.file?.destroy();
    throw new HttpError(400, 'multipart body ended early');
  }
}

function open(headers: string, form: Form): Part {
  const name = /[; ]name="([^"]*)"/i.exec(headers)?.[1] ?? '';
  const filename = /filename="([^"]*)"/i.exec(headers)?.[1];
  const type = /content-type:\s*([^\r\n;]+)/i.exec(headers)?.[1]?.trim() ?? 'application/octet-stream';
  const part: Part = { name, filename, type, chunks: [] };
  if (filename !== undefined) {
    const path = join(tmpdir(), `RackMultipart-${randomBytes(8).toString('hex')}`);
    part.upload = { path, filename, contentType: type, size: 0 };
    part.file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    // known from the first byte on, so that a broken request leaves no file behind
    form.uploads.set(name, part.upload);
  }
  return part;
}

async function feed(part: Part, data: Buffer): Promise<void> {
  if (part.file && part.upload) {
    part.upload.size += data.length;
    if (!part.file.write(Buffer.from(data)))
      await Promise.race([once(part.file, 'drain'), once(part.file, 'error')]);
    if (part.file.errored) throw part.file.errored;
    return;
  }
  part.chunks.push(Buffer.from(data));
  if (part.chunks.reduce((sum, chunk) => sum + chunk.length, 0) > FIELD_LIMIT)
    throw new HttpError(413, 'Payload Too Large');
}

async function close(part: Part, data: Buffer, form: Form): Promise<void> {
  await feed(part, data);
  if (!part.file) {
    form.add(part.name, Buffer.concat(part.chunks).toString('utf8'));
    return;
  }
  part.file.end();
  if (!part.file.closed) await once(part.file, 'close');
  if (part.file.errored) throw part.file.errored;
}
