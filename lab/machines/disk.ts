import { existsSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './exec.ts';
import { machinePaths } from './names.ts';

/**
 * Makes a machine's disk — a sparse ext4 file that holds /var — so that it has an end that can be reached.
 * The lab's data need not survive a power cut of the host: no journal, no barriers.
 */
export async function createDisk(id: string, gigabytes: number, content: string): Promise<void> {
  const { image, disk } = machinePaths(id);
  mkdirSync(disk, { recursive: true });
  await run('truncate', ['-s', `${gigabytes}G`, image]);
  const options = ['-q', '-F', '-m', '0', '-O', '^has_journal', '-E', 'lazy_itable_init=1,nodiscard'];
  await run('mkfs.ext4', [...options, '-d', content, image]);
  await mountDisk(id);
}

async function isMounted(directory: string): Promise<boolean> {
  return (await run('mountpoint', ['-q', directory], { allowFailure: true })).code === 0;
}

/** Mounts a machine's disk where the container takes it from; the loop device goes with the mount. */
export async function mountDisk(id: string): Promise<void> {
  const { image, disk } = machinePaths(id);
  if (!(await isMounted(disk)))
    await run('mount', ['-t', 'ext4', '-o', 'loop,noatime,barrier=0', image, disk]);
}

/** Unmounts and deletes a machine's disk; nothing to do is fine. */
export async function removeDisk(id: string): Promise<void> {
  const { image, disk } = machinePaths(id);
  if (existsSync(disk) && (await isMounted(disk))) await unmount(disk);
  rmSync(image, { force: true });
}

/** A container that has just ended may hold its mounts a moment longer. */
export async function unmount(directory: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const ran = await run('umount', [directory], { allowFailure: true });
    if (ran.code === 0 || /not mounted/.test(ran.stderr)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await run('umount', ['--lazy', directory]);
}

/** Leaves no free block on a machine's disk (/var); deleting /var/lab-fill there frees it again. Costs the host no space. */
export async function fillDisk(id: string): Promise<void> {
  const { disk } = machinePaths(id);
  const fill = join(disk, 'lab-fill');
  const { bavail, bsize } = statfsSync(disk);
  // The filesystem needs some blocks to note down so many; what is left then is written for real.
  const bytes = bavail * bsize - 16 * 1024 * 1024;
  if (bytes > 0) await run('fallocate', ['--offset', '0', '--length', String(bytes), fill]);
  await run('dd', ['if=/dev/zero', `of=${fill}`, 'bs=64k', 'oflag=append', 'conv=notrunc', 'status=none'], {
    allowFailure: true,
  });
}
