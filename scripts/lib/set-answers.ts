import { type Document, isMap, type Node, visit } from 'yaml';
import { VisibleError } from '../../components/errors.ts';
import { prefix } from './stack-file.ts';

/** Puts plain answers into a stack file's document, objects key by key, so that what is there beside them stays. */
export function setAnswers(document: Document, answers: Record<string, unknown>, file: string): void {
  if ('secrets' in answers)
    throw new VisibleError(
      `a secret among the plain values — ${file} — set it with: pulumi config set --secret --path secrets.NAME`,
    );
  const before = document.getIn(['config', `${prefix}domain`]);
  if (before !== undefined && answers.domain !== undefined && answers.domain !== before)
    throw new VisibleError(
      `domain can never change — ${file} says ${before} — make another stack for ${answers.domain}`,
    );
  if (document.contents === null) document.contents = document.createNode({});
  if (!isMap(document.get('config'))) document.set('config', document.createNode({}));
  for (const [key, value] of Object.entries(answers)) set(document, ['config', prefix + key], value);
}

function set(document: Document, path: string[], value: unknown): void {
  const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
  if (isObject && isMap(document.getIn(path))) {
    for (const [key, item] of Object.entries(value as object)) set(document, [...path, key], item);
    return;
  }
  const now = document.getIn(path);
  const same = JSON.stringify(isMap(now) ? now.toJSON() : (now ?? null)) === JSON.stringify(value);
  // Setting what is there already would lose its comment.
  if (!same) document.setIn(path, quoted(document, value));
}

/** In quotes what Pulumi reads as a day or a time, and hands on in other words. */
function quoted(document: Document, value: unknown): unknown {
  const node = document.createNode(value);
  visit(node as Node, {
    Scalar(_, scalar) {
      if (/^\d{4}-\d\d-\d\d/.test(String(scalar.value))) scalar.type = 'QUOTE_SINGLE';
    },
  });
  return node;
}
