import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { setAnswers } from '../../scripts/lib/set-answers.ts';
import { configOf, readStackFile, requireStack, stacksOf } from '../../scripts/lib/stack-file.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'coop-test-'));
  for (const name of ['Pulumi.yaml', 'Pulumi.prod.yaml', 'Pulumi.staging.yaml', 'Pulumi.staging.yaml.1.tmp'])
    writeFileSync(join(directory, name), 'config: {}\n');
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('stacks of a project', () => {
  it('are those with a file', () => {
    expect(stacksOf(directory)).toEqual(['prod', 'staging']);
  });

  it('are suggested for a misspelt name', () => {
    expect(() => requireStack(directory, 'stagin')).toThrow(/no stack stagin .* did you mean staging\?/);
    expect(() => requireStack(directory, 'xyz')).toThrow(/stacks here: prod, staging.*coop init xyz/);
    expect(() => requireStack(directory, 'prod')).not.toThrow();
  });

  it('that are not YAML are refused with the place', () => {
    const path = join(directory, 'broken.yaml');
    writeFileSync(path, 'config:\n  a: [1\n');
    expect(() => readStackFile(path)).toThrow(/not readable as YAML .*line 3/);
  });

  it('that do not exist yet are empty', () => {
    expect(readStackFile(join(directory, 'none.yaml')).text).toBe('');
  });
});

describe('the config of a stack file', () => {
  it('has our keys without prefix, and what is secret replaced at any depth', () => {
    const document = parseDocument(
      'config:\n  instance:a: 1\n  instance:s:\n    x:\n      secure: v1:c\n    l:\n      - secure: v1:d\n  aws:region: x\n',
    );
    const paths: string[] = [];
    const config = configOf(document, (path) => {
      paths.push(path.join('.'));
      return '*';
    });
    expect(config).toEqual({ a: 1, s: { x: '*', l: ['*'] } });
    expect(paths).toEqual(['s.x', 's.l.0']);
  });
});

describe('answers', () => {
  const put = (text: string, answers: Record<string, unknown>) => {
    const document = parseDocument(text);
    setAnswers(document, answers, 'Pulumi.staging.yaml');
    return document.toString({ lineWidth: 0 });
  };

  it('join what is there, key by key, with its comments', () => {
    const text = '# ours\nconfig:\n  # one\n  instance:primary:\n    region: fra1 # near\n    size: small\n';
    expect(put(text, { primary: { size: 'large' }, rpo: 30 })).toBe(
      '# ours\nconfig:\n  # one\n  instance:primary:\n    region: fra1 # near\n    size: large\n  instance:rpo: 30\n',
    );
  });

  it('are quoted where Pulumi would read a time, and hand it on in other words', () => {
    const at = '2026-11-23T04:15:00Z';
    expect(put('config: {}\n', { expires: '2026-11-30', restore: { from: 'prod', at } })).toMatch(
      /expires: '2026-11-30'[\s\S]*from: prod,? *\n? *at: '2026-11-23T04:15:00Z'/,
    );
  });

  it('that say what is there change nothing', () => {
    const text =
      "config:\n  instance:domain: 'a.example' # keep\n  instance:sshFrom: [ 10.0.0.0/8 ] # both\n";
    expect(put(text, { domain: 'a.example', sshFrom: ['10.0.0.0/8'] })).toBe(parseDocument(text).toString());
    expect(put(text, { domain: 'a.example', sshFrom: ['10.0.0.0/8'] })).toContain('# both');
  });

  it('begin a file that is empty', () => {
    expect(put('', { domain: 'a.example' })).toBe('config:\n  instance:domain: a.example\n');
  });

  it('are never secrets', () => {
    expect(() => put('', { secrets: { redisPassword: 'x' } })).toThrow(/a secret among the plain values/);
  });
});
