import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quote, quoteAll } from '../../scripts/lib/quote.ts';
import { asRoot, knownHostsLine, type SshTarget, sshCommand } from '../../scripts/lib/ssh-command.ts';

const target: SshTarget = {
  stack: 'staging',
  address: '203.0.113.10',
  user: 'root',
  hostPublicKey: 'ssh-ed25519 AAAA host@staging',
  knownHosts: '/run/x/known_hosts',
  identity: '/run/x/deploy-key',
};

describe('the ssh command line', () => {
  it('trusts one host key and uses one identity, whatever the person has configured', () => {
    expect(sshCommand(target, { remote: ['instance', 'status', '--json'] }).join(' ')).toBe(
      [
        'ssh -F none -o HostKeyAlias=coop-staging -o UserKnownHostsFile=/run/x/known_hosts',
        '-o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes -o HostKeyAlgorithms=ssh-ed25519',
        '-o UpdateHostKeys=no -o IdentityFile=/run/x/deploy-key -o IdentitiesOnly=yes -o IdentityAgent=none',
        '-o PasswordAuthentication=no -o KbdInteractiveAuthentication=no -o ForwardAgent=no',
        '-o ClearAllForwardings=yes -o ConnectTimeout=10 -o ServerAliveInterval=15 -o ServerAliveCountMax=4',
        '-o LogLevel=ERROR -T -l root -- 203.0.113.10 instance status --json',
      ].join(' '),
    );
  });

  it("leaves an admin's own agent and keys alone", () => {
    const command = sshCommand({ ...target, user: 'ana', identity: undefined }, { terminal: true });
    expect(command.join(' ')).not.toMatch(/Identit/);
    expect(command.slice(-5)).toEqual(['-t', '-l', 'ana', '--', '203.0.113.10']);
  });

  it('takes a line for the shell over there as it is, and words as words', () => {
    expect(sshCommand(target, { line: 'docker ps | wc -l' }).at(-1)).toBe('docker ps | wc -l');
    expect(sshCommand(target, { remote: ['echo', 'a b', '$(id)'] }).at(-1)).toBe("echo 'a b' '$(id)'");
  });

  it('is accepted by ssh itself', () => {
    const [program, ...args] = sshCommand({ ...target, knownHosts: '/dev/null', identity: '/dev/null' });
    const said = spawnSync(program as string, ['-G', ...args], { encoding: 'utf8' });
    if (said.error) return expect(said.error).toMatchObject({ code: 'ENOENT' });
    expect(said.stderr).toBe('');
    expect(said.stdout).toMatch(/^hostkeyalias coop-staging$/m);
    expect(said.stdout).toMatch(/^stricthostkeychecking true$/m);
  });
});

describe('what else a connection needs', () => {
  it('one known host under the name of the stack, without the comment', () => {
    expect(knownHostsLine('staging', target.hostPublicKey)).toBe('coop-staging ssh-ed25519 AAAA\n');
  });

  it('sudo for an admin, nothing for root', () => {
    expect(asRoot('root', ['instance', 'status'])).toEqual(['instance', 'status']);
    expect(asRoot('ana', ['instance', 'status'])).toEqual(['sudo', 'instance', 'status']);
  });
});

describe('quoting', () => {
  it('brings every word through a shell as it was', () => {
    const words = [
      '',
      'a',
      'a b',
      "it's",
      '"',
      '$HOME',
      '`id`',
      '\\',
      '*',
      '~',
      'a\nb',
      '-x',
      ';',
      '&&',
      '!x',
      'ü',
    ];
    const said = spawnSync('sh', ['-c', `printf '%s\\0' ${quoteAll(words)}`], { encoding: 'utf8' });
    expect(said.stdout.split('\0').slice(0, -1)).toEqual(words);
  });

  it('leaves plain words plain', () => {
    expect(quote('--email=ana@example.org')).toBe('--email=ana@example.org');
  });
});
