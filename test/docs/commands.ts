import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../scripts/lib/paths.ts';
import { parse } from '../scripts/parse.ts';
import { pulumiProblem } from './pulumi.ts';

const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const instanceVerbs = readdirSync(join(checkout, 'host/opt/social.coop/libexec/instance.d'));

/** Stacks that pages may speak of; any other is written in capitals, as STACK. */
const shipped = readdirSync(checkout).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);

/** A verb without its arguments is how a sentence names it. */
const unfinished = [
  'commander.missingArgument',
  'commander.missingMandatoryOptionValue',
  'commander.optionMissingArgument',
  'commander.help',
];

/** What is wrong with a command that a page shows; nothing when it is fine, or none of ours. */
export function problemOf(words: string[], whole: boolean): string | undefined {
  const [head = '', ...rest] = words;
  if (head === 'coop' || /^(\.\/)?scripts\/coop$/.test(head)) return coopProblem(rest, whole);
  if (head === 'pulumi') return pulumiProblem(rest);
  if (head === 'instance') return instanceProblem(rest);
  if (head === 'npm' && rest[0] === 'run') return npmProblem(rest[1] ?? '');
  if (/^(\.\/)?scripts\/[\w-]+$/.test(head)) return scriptProblem(head, rest);
  if (head.endsWith('node_modules/.bin/node')) return fileProblem(rest.find((word) => !word.startsWith('-')));
  return undefined;
}

function coopProblem(words: string[], whole: boolean): string | undefined {
  if (words.length === 0) return undefined;
  const said = words.filter((word) => word !== '…');
  const short = !whole || said.length < words.length;
  const { said: complaint, code, stacks, others } = parse(...said);
  if (code && !['commander.helpDisplayed', 'commander.version'].includes(code))
    if (!(short && unfinished.includes(code)))
      return `${complaint.split('\n')[0]} — is the verb or option real? Planned ones are not written as commands`;
  const strange = stacks.find((name) => !shipped.includes(name) && !/^[A-Z]+$/.test(name));
  if (strange !== undefined)
    return `${strange} stands where a stack does — write ${shipped.join(', ')} or STACK; is the order right?`;
  const astray = others.find((word) => shipped.includes(word));
  if (astray !== undefined) return `${astray} is a stack and stands where none does — is the order right?`;
  const inner = said.slice(said.indexOf('--') + 1);
  const hasInner = said.includes('--') && ['lab', 'ssh'].includes(said[0] ?? '');
  return hasInner ? problemOf(inner, whole) : undefined;
}

function instanceProblem([verb = '']: string[]): string | undefined {
  if (verb === '' || verb === '…' || verb.startsWith('-') || instanceVerbs.includes(verb)) return undefined;
  return `the machine has no \`instance ${verb}\`; it has ${instanceVerbs.join(', ')}`;
}

const npmProblem = (name: string): string | undefined =>
  name in scripts ? undefined : `package.json has no script ${name}`;

const fileProblem = (path?: string): string | undefined =>
  path === undefined || existsSync(join(checkout, path)) ? undefined : `there is no file ${path}`;

function scriptProblem(head: string, words: string[]): string | undefined {
  const path = join(checkout, head);
  if (!existsSync(path)) return `there is no file ${head}`;
  const found = statSync(path);
  if (found.isDirectory()) return undefined;
  if ((found.mode & 0o111) === 0) return `${head} is not executable`;
  const text = readFileSync(path, 'utf8');
  const strange = words.find((word) => word.startsWith('--') && !text.includes(word));
  return strange && `${head} knows no ${strange}`;
}
