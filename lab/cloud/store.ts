import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { State } from './types.ts';

const empty = (): State => ({ version: 1, counter: 0, accounts: [], objects: [], faults: [] });

/** The whole cloud in one file, replaced atomically: a daemon that dies leaves the last complete state. */
export class Store {
  readonly state: State;
  readonly #file: string;
  #saving: Promise<void> = Promise.resolve();

  private constructor(file: string, state: State) {
    this.#file = file;
    this.state = state;
  }

  static async open(file: string): Promise<Store> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return new Store(file, empty());
    const state = JSON.parse(text) as State;
    if (state.version !== 1) {
      throw new Error(
        `state of version ${state.version}, this lab writes 1 — ${file} — run \`coop lab down\` first`,
      );
    }
    return new Store(file, state);
  }

  /** Resolves when a state at least as new as now is on disk. */
  save(): Promise<void> {
    const next = this.#saving.catch(() => {}).then(() => this.#write());
    this.#saving = next;
    return next;
  }

  async #write(): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    const scratch = `${this.#file}.new`;
    // Tokens and keys stand in it.
    const handle = await open(scratch, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(this.state, null, 1)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(scratch, this.#file);
  }
}
