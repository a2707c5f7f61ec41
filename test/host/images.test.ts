import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const libexec = fileURLToPath(new URL('../../host/opt/social.coop/libexec', import.meta.url));
const digest = (name: string) => `registry.example.org/${name}@sha256:${'0'.repeat(64)}`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'coop-images-'));
  for (const directory of ['bin', 'tree/etc/social.coop'])
    mkdirSync(join(root, directory), { recursive: true });
  const names = { WEB: 'web', STREAMING: 'streaming', POSTGRES: 'postgres', REDIS: 'redis' };
  const env = Object.entries(names).map(([key, name]) => `IMAGE_${key}='${digest(name)}'\n`);
  writeFileSync(join(root, 'tree/etc/social.coop/stack.env'), [...env, "BACKUPS_BUCKET='b'\n"].join(''));
  cpSync(join(libexec, 'lib/common.sh'), join(root, 'common.sh'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function program(name: string, text: string): void {
  writeFileSync(join(root, 'bin', name), `#!/bin/bash\n${text}\n`);
  chmodSync(join(root, 'bin', name), 0o755);
}

/** Docker, in which each image has the architecture its name has in the list, once it was pulled. */
function docker(architectures: Record<string, string>): void {
  const cases = Object.entries(architectures).map(([name, value]) => `*/${name}@*) echo ${value} ;;`);
  program(
    'docker',
    `echo "$*" >>'${root}/calls'
[ "$1" = pull ] && { touch '${root}/pulled'; exit; }
[ -e '${root}/pulled' ] || exit 1
for image in "$@"; do case $image in ${cases.join(' ')} esac; done`,
  );
}

function step(machine: string): { code: number; output: string; calls: string } {
  program('dpkg', `echo ${machine}`);
  const env = { PATH: `${root}/bin:${process.env.PATH}`, APPLY_LIB: root, APPLY_TREE: join(root, 'tree') };
  const calls = () => readFileSync(join(root, 'calls'), 'utf8');
  try {
    const output = execFileSync('bash', [join(libexec, 'apply.d/30-images')], { env, stdio: 'pipe' });
    return { code: 0, output: String(output), calls: calls() };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: Buffer };
    return { code: status, output: String(stderr), calls: calls() };
  }
}

const all = (value: string) => ({ web: value, streaming: value, postgres: value, redis: value });

test('images of the machine’s own architecture are pulled once', () => {
  docker(all('arm64'));
  expect(step('arm64')).toMatchObject({ code: 0 });
  rmSync(join(root, 'calls'));
  const again = step('arm64');
  expect(again.code).toBe(0);
  expect(again.calls).not.toContain('pull');
});

test('an image of another architecture is refused by name, pulled now or there before', () => {
  docker({ ...all('arm64'), postgres: 'amd64' });
  for (const { code, output } of [step('arm64'), step('arm64')]) {
    expect(code).not.toBe(0);
    expect(output).toContain('this machine is arm64');
    expect(output).toContain(`${digest('postgres')} is amd64`);
    expect(output).not.toContain('/web@');
  }
});

/** Docker, to which a registry gives nothing but what it gave before; beside the backups lie the images in the list. */
function withoutRegistry(kept: string[]): void {
  cpSync(join(libexec, 'lib/job.sh'), join(root, 'job.sh'));
  program(
    'docker',
    `echo "$*" >>'${root}/calls'
here() { grep -qxF "$1" '${root}/here' 2>/dev/null; }
case $1 in
  pull) echo 'connection refused' >&2; exit 1 ;;
  load) echo "Loaded image ID: sha256:$(cat)" ;;
  tag) echo "$3" >>'${root}/here' ;;
  image) shift 2; [ "$1" = --format ] && shift 2; for image in "$@"; do here "$image" || exit 1; echo arm64; done ;;
esac`,
  );
  program(
    'rclone',
    `case $* in ${kept.map((key) => `*images/${key}*) echo ${key} ;;`).join(' ')} *) exit 3 ;; esac`,
  );
  program('zstd', 'cat');
}

test('images that no registry gives come from beside the backups, and get a name that programs and Compose find', () => {
  withoutRegistry([`sha256-${'0'.repeat(64)}.tar.zst`]);
  const state = join(root, 'state');
  mkdirSync(join(state, 'pending'), { recursive: true });
  const common = readFileSync(join(root, 'common.sh'), 'utf8');
  writeFileSync(join(root, 'common.sh'), common.replace('state=/var/lib/social.coop', `state=${state}`));
  expect(step('arm64')).toMatchObject({ code: 0, output: expect.stringContaining('no registry gave') });
  const local = `social-coop/archived:${'0'.repeat(64)}`;
  expect(readFileSync(join(state, 'images-archived'), 'utf8')).toContain(`${digest('web')} ${local}\n`);
  const shown = execFileSync(
    'bash',
    ['-c', `. ${root}/common.sh; load_stack; echo "$IMAGE_WEB $IMAGE_REDIS"`],
    {
      env: { PATH: process.env.PATH, APPLY_TREE: join(root, 'tree') },
    },
  );
  expect(String(shown).trim()).toBe(`${local} ${local}`);
  // Nothing restarts because it is still away.
  rmSync(join(state, 'pending/services'));
  expect(step('arm64').code).toBe(0);
  expect(existsSync(join(state, 'pending/services'))).toBe(false);
  // The registry is back.
  docker(all('arm64'));
  expect(step('arm64').code).toBe(0);
  expect(existsSync(join(state, 'images-archived'))).toBe(false);
  expect(existsSync(join(state, 'pending/services'))).toBe(true);
});

test('an image that is neither in a registry nor beside the backups is named', () => {
  withoutRegistry([]);
  const { code, output } = step('arm64');
  expect(code).not.toBe(0);
  expect(output).toContain('Neither is a copy of it beside the backups: registry.example.org/');
});

test('a machine that stands by counts the image of the search among those it needs', () => {
  program('docker', 'case $* in *"image inspect"*/search@*) exit 1 ;; esac');
  const given = { STACK: 's', MACHINE: 'm', DOMAIN: 'd', ROLE: 'secondary', APP: 'a', APP_VERSION: '1' };
  const lines = Object.entries({ ...given, FEDERATION: 'off', IMAGE_SEARCH: digest('search') });
  const file = join(root, 'tree/etc/social.coop/stack.env');
  writeFileSync(file, lines.map(([name, value]) => `${name}='${value}'\n`).join(''), { flag: 'a' });
  const status = execFileSync('bash', [join(libexec, 'instance.d/status'), '--json'], {
    env: {
      PATH: `${root}/bin:${process.env.PATH}`,
      APPLY_LIB: join(libexec, 'lib'),
      APPLY_TREE: join(root, 'tree'),
    },
    encoding: 'utf8',
  });
  expect(JSON.parse(status).standby).toEqual({ running: 0, images: 4, wanted: 5 });
});
