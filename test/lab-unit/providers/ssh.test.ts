import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { command } from '../../../lab/providers/command/command.ts';
import { isSecret, plain, secret } from '../../../lab/providers/lib/wire.ts';

// Takes ssh's arguments apart, notes what it was given, and runs the command here.
const fakeSsh = `#!/bin/bash
set -euo pipefail
printf '%s\\n' "$@" > "$FAKE/args"
env > "$FAKE/env"
echo x >> "$FAKE/dials"
for argument in "$@"; do
  case "$argument" in
    LocalCommand=*) mark="\${argument#LocalCommand=}" ;;
    IdentityFile=*) key="\${argument#IdentityFile=}" ;;
    UserKnownHostsFile=*) hosts="\${argument#UserKnownHostsFile=}" ;;
  esac
done
if [[ -n "\${key:-}" ]]; then stat -c %a "$key" > "$FAKE/key.mode"; cp "$key" "$FAKE/key"; echo "$key" > "$FAKE/key.path"; fi
cp "$hosts" "$FAKE/hosts" 2> /dev/null || true
if [[ -e "$FAKE/refuse" && $(wc -l < "$FAKE/dials") -le $(cat "$FAKE/refuse") ]]; then
  echo "ssh: connect to host: Connection refused" >&2
  exit 255
fi
eval "$mark"
exec bash -c "\${!#}"
`;

const subject = {
  type: 'command:remote:Command',
  name: 'apply',
  urn: 'urn:pulumi:s::p::command:remote:Command::apply',
};
const environment = { ...process.env };
const lines: string[] = [];
const log = (line: string) => void lines.push(line);
let fake: string;
const noted = (name: string) => readFileSync(join(fake, name), 'utf8');
const dials = () => noted('dials').trim().split('\n').length;

beforeEach(() => {
  fake = mkdtempSync(join(tmpdir(), 'coop-fake-ssh-'));
  writeFileSync(join(fake, 'ssh'), fakeSsh);
  chmodSync(join(fake, 'ssh'), 0o755);
  process.env.FAKE = fake;
  process.env.PATH = `${fake}:${environment.PATH}`;
  lines.length = 0;
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(fake, { recursive: true, force: true });
});

const inputs = (extra: Record<string, unknown> = {}) => ({
  connection: secret({
    host: '198.18.1.10',
    privateKey: secret('the private key'),
    hostKey: 'ssh-ed25519 AAAAhostkey',
    dialErrorLimit: 2,
  }),
  create: 'cat',
  ...extra,
});
const create = (extra: Record<string, unknown> = {}) => command.create(subject, inputs(extra) as never, log);

describe('what ssh is given', () => {
  it('is a private key nobody else can read and that is gone afterwards', async () => {
    await create();
    expect(noted('key')).toBe('the private key\n');
    expect(noted('key.mode')).toBe('600\n');
    expect(existsSync(noted('key.path').trim())).toBe(false);
  });

  it('lies in the directory of the lab, which goes with everything in it', async () => {
    process.env.LAB_CLOUD = join(fake, 'cloud.sock');
    await create();
    expect(noted('key.path')).toContain(fake);
  });

  it('is the one host key that counts', async () => {
    await create();
    expect(noted('hosts')).toBe('coop-target ssh-ed25519 AAAAhostkey\n');
    expect(noted('args')).toContain('StrictHostKeyChecking=yes\n');
    expect(noted('args')).toContain('HostKeyAlias=coop-target\n');
  });

  it('are secrets by standard input and environment, never by argument', async () => {
    const { outputs } = await create({
      stdin: secret('hidden-stdin'),
      environment: { TOKEN: secret('hidden-token') },
      create: 'cat > /dev/null; echo "$TOKEN"',
    });
    expect(noted('args')).not.toMatch(/hidden|private key/);
    expect(noted('args')).toContain('SendEnv=TOKEN\n');
    expect(plain(outputs.stdout)).toBe('hidden-token');
  });

  it('is the port, the user and the patience of the connection', async () => {
    await create({ connection: { host: 'h', port: 2222, user: 'deploy', perDialTimeout: 3 } });
    expect(noted('args')).toMatch(/^-p\n2222\n-l\ndeploy$/m);
    expect(noted('args')).toContain('ConnectTimeout=3\n');
    expect(noted('args')).toContain('StrictHostKeyChecking=no\n');
  });
});

describe('outputs', () => {
  it('are both streams without their last line end, line by line in the log', async () => {
    const { outputs } = await create({ create: 'echo one; echo two; echo three >&2' });
    expect(outputs).toMatchObject({ stdout: 'one\ntwo', stderr: 'three' });
    expect(lines.toSorted()).toEqual(['one', 'three', 'two']);
    expect(isSecret(outputs.connection)).toBe(true);
  });

  it('are secret when an input is, and unlogged when logging says so', async () => {
    const { outputs } = await create({ stdin: secret('text'), logging: 'none' });
    expect(outputs.stdout).toEqual(secret('text'));
    expect(lines).toEqual([]);
  });

  it('of the last run are there for the next, unless told otherwise', async () => {
    const { id, outputs } = await create({ create: 'echo first' });
    const show = 'echo "got $PULUMI_COMMAND_STDOUT"';
    const update = (extra = {}) =>
      command.update(subject, id, outputs, { ...inputs({ update: show }), ...extra } as never, log, [
        'update',
      ]);
    expect((await update()).stdout).toBe('got first');
    expect((await update({ addPreviousOutputInEnv: false })).stdout).toBe('got ');
  });
});

describe('failure', () => {
  it('tells the command, its exit code and what it said', async () => {
    await expect(create({ create: 'echo broken >&2; exit 4', stdin: secret('hidden') })).rejects.toThrow(
      'Process exited with status 4: running "echo broken >&2; exit 4":\nbroken\n',
    );
    expect(dials()).toBe(1);
  });

  it('with 255 of the command itself is no failed dial', async () => {
    await expect(create({ create: 'exit 255' })).rejects.toThrow(/status 255/);
    expect(dials()).toBe(1);
  });

  it('of a dial is tried again until the limit', async () => {
    writeFileSync(join(fake, 'refuse'), '2');
    await create();
    expect(dials()).toBe(3);
    writeFileSync(join(fake, 'dials'), '');
    writeFileSync(join(fake, 'refuse'), '100');
    await expect(create()).rejects.toThrow(/^after 3 failed attempts: .*Connection refused/);
    expect(dials()).toBe(3);
  });

  it('of the operator’s patience ends the command', async () => {
    const running = create({ create: 'exec sleep 30' });
    await expect.poll(() => existsSync(join(fake, 'dials'))).toBe(true);
    command.cancel?.();
    await expect(running).rejects.toThrow();
  });

  it('is told before dialling where the lab cannot follow', async () => {
    await expect(create({ connection: { host: 'h', password: 'x' } })).rejects.toThrow(
      /password is not supported/,
    );
    expect(existsSync(join(fake, 'dials'))).toBe(false);
  });
});

describe('deletion', () => {
  it('runs the delete command if there is one', async () => {
    const { id, outputs } = await create({ delete: `echo gone > ${fake}/gone` });
    await command.remove(subject, id, outputs, log);
    expect(noted('gone')).toBe('gone\n');
    rmSync(join(fake, 'dials'));
    await command.remove(subject, id, (await create()).outputs, log);
    expect(dials()).toBe(1);
  });
});

it('a file or a text is copied to its path, odd letters included', async () => {
  const copy = { ...subject, type: 'command:remote:CopyToRemote' };
  const asset = { '4dabf18193072939515e22adb298388d': 'c44067f5952c0a294b673a41bacd8c17' };
  const remotePath = join(fake, "it's here");
  const connection = { host: 'h' };
  await command.create(copy, { connection, remotePath, source: { ...asset, text: 'a text' } }, log);
  expect(noted("it's here")).toBe('a text');
  writeFileSync(join(fake, 'source'), Buffer.from([0, 255, 10]));
  await command.create(
    copy,
    { connection, remotePath, source: { ...asset, path: join(fake, 'source') } },
    log,
  );
  expect(readFileSync(remotePath)).toEqual(Buffer.from([0, 255, 10]));
});
