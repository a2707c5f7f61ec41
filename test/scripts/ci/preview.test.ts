import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Asked, served } from './served.ts';

let notes: { id: number; body: string }[] = [];
/** As GitLab answers: https://docs.gitlab.com/api/notes/#merge-requests */
const gitlab = served(({ method, path, body }: Asked) => {
  if (method === 'GET') return notes;
  const [, id] = /\/notes\/(\d+)$/.exec(path) ?? [];
  const note = { id: Number(id ?? notes.length + 1), body: body.body };
  notes = [...notes.filter((old) => old.id !== note.id), note];
  return note;
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  notes = [{ id: 1, body: 'looks good to me' }];
  return {
    CI_API_V4_URL: `${gitlab.url}/api/v4`,
    CI_PROJECT_ID: '12',
    CI_MERGE_REQUEST_IID: '7',
    CI_COMMIT_SHORT_SHA: 'abc1234',
    GITLAB_TOKEN: 'glpat-sesame',
    ...more,
  };
}
// What ran is listed while curl runs: the token is not among it.
const pulumi = (end: string) =>
  gitlab.play('pulumi', `echo "$*" >>'${gitlab.root}/calls'; echo '+ 1 to create ~~ <b>'; ${end}`);
const listing = () => gitlab.play('curl', `echo "$*" >>'${gitlab.root}/argv'; exec /usr/bin/curl "$@"`);

it('a preview is a comment of its own for each stack, and the same one after the next push', async () => {
  pulumi('exit 0');
  listing();
  const env = environment();
  const first = await gitlab.run('preview', ['staging', 'alpha'], env);
  expect(first.code, first.output).toBe(0);
  expect(notes.map(({ id }) => id)).toEqual([1, 2, 3]);
  expect(notes[1]?.body).toMatch(
    /^<!-- preview of staging -->\n\n\*\*`pulumi preview --stack staging`\*\* ended, at abc1234/,
  );
  expect(notes[1]?.body).toContain('~~~~text\n+ 1 to create ~~ <b>\n~~~~');
  await gitlab.run('preview', ['staging', 'alpha'], { ...env, CI_COMMIT_SHORT_SHA: 'def5678' });
  expect(notes).toHaveLength(3);
  expect(notes.find(({ id }) => id === 2)?.body).toContain('at def5678');
  expect(readFileSync(join(gitlab.root, 'calls'), 'utf8')).toContain(
    'preview --stack staging --non-interactive --diff --color never',
  );
  expect(
    gitlab.asked.every(
      ({ token, path }) =>
        token === 'glpat-sesame' && path.startsWith('/api/v4/projects/12/merge_requests/7/notes'),
    ),
  ).toBe(true);
  expect(readFileSync(join(gitlab.root, 'argv'), 'utf8')).not.toContain('sesame');
});

it('a preview that fails is red, and its comment says so', async () => {
  pulumi('echo "error: no such size"; exit 255');
  const ran = await gitlab.run('preview', ['staging'], environment());
  expect(ran.code).toBe(1);
  expect(notes[1]?.body).toMatch(/\*\* failed, at abc1234[\s\S]*error: no such size/);
});

it('a comment that cannot be written is red, too, and shows no token', async () => {
  pulumi('exit 0');
  const env = environment();
  gitlab.status = 403;
  const ran = await gitlab.run('preview', ['staging'], env);
  expect(ran.code).toBe(1);
  expect(ran.output).toMatch(/403[\s\S]*the comment could not be written/);
  expect(ran.output).not.toContain('sesame');
});

it('without a token the preview stands in the log', async () => {
  pulumi('exit 0');
  const { GITLAB_TOKEN: _, ...env } = environment();
  const ran = await gitlab.run('preview', ['staging'], env);
  expect(ran).toMatchObject({
    code: 0,
    output: expect.stringContaining('no comment: GITLAB_TOKEN is not set'),
  });
  expect(gitlab.asked).toEqual([]);
});
