import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'coop-go-'));
const environment = { ...process.env };
process.env.XDG_CACHE_HOME = join(directory, 'cache');
vi.resetModules();
const { goTool, goToolPath } = await import('../../../lab/engine/go-tool.ts');

// A compiler that needs no sources: notes its arguments and writes what they ask for.
const fakeGo = `#!/bin/sh
if [ "$1" = version ]; then echo "go version go$FAKE_VERSION linux/amd64"; exit; fi
echo "$@" >> "$FAKE_LOG"
[ -e fail ] && { echo "cannot find module" >&2; exit 1; }
echo '#!/bin/sh' > "$GOBIN/tool"
`;
const module = join(directory, 'module');
const log = join(directory, 'log');
const said: string[] = [];
const say = (line: string) => void said.push(line);
const builds = () => readFileSync(log, 'utf8').trim().split('\n').filter(Boolean).length;

beforeEach(() => {
  rmSync(module, { recursive: true, force: true });
  rmSync(join(directory, 'cache'), { recursive: true, force: true });
  for (const path of [module, join(directory, 'bin')]) mkdirSync(path, { recursive: true });
  writeFileSync(join(directory, 'bin', 'go'), fakeGo);
  chmodSync(join(directory, 'bin', 'go'), 0o755);
  writeFileSync(join(module, 'go.mod'), 'module x');
  writeFileSync(join(module, 'go.sum'), '');
  writeFileSync(log, '');
  said.length = 0;
  const PATH = `${join(directory, 'bin')}:${environment.PATH}`;
  process.env = { ...process.env, PATH, FAKE_VERSION: '1.25.0', FAKE_LOG: log };
});
afterAll(() => {
  process.env = environment;
  rmSync(directory, { recursive: true, force: true });
});

describe('goTool', () => {
  it('builds once and finds it the next time', async () => {
    const first = await goTool(module, 'tool', { say });
    expect(await goTool(module, 'tool', { say })).toBe(first);
    expect(builds()).toBe(1);
    expect(said).toHaveLength(2);
  });

  it('builds again when the module or a flag changes', async () => {
    const first = await goTool(module, 'tool', { say });
    writeFileSync(join(module, 'go.sum'), 'changed');
    const second = await goTool(module, 'tool', { say });
    const third = await goTool(module, 'tool', { say, ldflags: '-X a.b=c' });
    expect(new Set([first, second, third]).size).toBe(3);
    expect(readFileSync(log, 'utf8')).toContain('install -ldflags -X a.b=c tool');
  });

  it('leaves nothing behind when the build fails, and says what it said', async () => {
    writeFileSync(join(module, 'fail'), '');
    await expect(goTool(module, 'tool', { say })).rejects.toThrow(/exit 1.*cannot find module/s);
    expect(readdirSync(join(directory, 'cache', 'social-coop-lab', 'go'))).toEqual([]);
  });

  it('refuses a module that does not build the tool asked for', async () => {
    await expect(goTool(module, 'other', { say })).rejects.toThrow(/has no tool other/);
    expect(await goToolPath(module, 'other')).toMatch(/other$/);
  });
});
