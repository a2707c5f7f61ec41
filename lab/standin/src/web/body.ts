import type { IncomingMessage } from 'node:http';
import { HttpError } from './errors.ts';
import type { Form } from './form.ts';
import { readMultipart } from './multipart.ts';

const TEXT_LIMIT = 1024 * 1024;

/** Reads a request's query and body, of whatever kind, into one form. */
export async function readBody(req: IncomingMessage, url: URL, form: Form): Promise<Form> {
  for (const [name, value] of url.searchParams) form.add(name, value);
  const type = req.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) {
    await readMultipart(req, type, form);
    return form;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += (chunk as Buffer).length;
    if (size > TEXT_LIMIT) throw new HttpError(413, 'Payload Too Large');
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (/^application\/([a-z]+\+)?json/.test(type)) form.addJson(parse(text));
  else for (const [name, value] of new URLSearchParams(text)) form.add(name, value);
  return form;
}

function parse(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, 'Error occurred while parsing request parameters');
  }
}
