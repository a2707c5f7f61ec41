import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// Before every file: a lab that an earlier, failed file left would take this one's addresses. In a process of its own,
// because the lab's paths are fixed when they are first imported.
const scratch = /^COOP_LAB_PROCESS=[^@]*@\/tmp\/(lab-services-|coop-lab-test)/m;
for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
  try {
    const environment = readFileSync(`/proc/${entry}/environ`, 'utf8').replaceAll('\0', '\n');
    if (scratch.test(environment) && Number(entry) !== process.pid) process.kill(Number(entry), 'SIGKILL');
  } catch {
    // It ended, or is not ours to see.
  }
}
const coop = join(import.meta.dirname, '../../scripts/coop');
const { status, stderr } = spawnSync(coop, ['lab', 'down', '--yes'], { encoding: 'utf8', timeout: 120_000 });
if (status !== 0) console.error(`the lab of an earlier file is not gone: ${stderr}`);
