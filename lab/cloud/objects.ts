import { ApiError, isRefusal, notFound } from './api-error.ts';
import type { Backends } from './backends.ts';
import { takeFault } from './faults.ts';
import { kinds } from './kinds.ts';
import type { Store } from './store.ts';
import type { Account, CloudObject, Context, Kind, Properties } from './types.ts';

/** Create, read, update and delete for every kind of resource, with intents on disk and injected faults. */
export class Objects {
  readonly #store: Store;
  readonly #backends: Backends;
  /** Creates under way, by object id, so that a repeated request waits for the first. */
  readonly #making = new Map<string, Promise<void>>();

  constructor(store: Store, backends: Backends) {
    this.#store = store;
    this.#backends = backends;
  }

  async create(account: Account, type: string, inputs: Properties, request?: string): Promise<CloudObject> {
    const kind = this.#kind(account, type);
    const again = request && this.#all(account, type).find((object) => object.request === request);
    if (again) {
      await this.#making.get(again.id);
      return again;
    }
    const fault = takeFault(this.#store.state, account.provider, type, 'create');
    const planned = kind.plan(this.#context(account), inputs);
    const object: CloudObject = {
      provider: account.provider,
      type,
      account: account.name,
      ...planned,
      phase: 'creating',
      ...(request ? { request } : {}),
    };
    this.#store.state.objects.push(object);
    await this.#store.save();
    await this.#make(account, kind, object);
    if (fault === 'timeout-after') {
      const message = `timeout while waiting for state to become 'active' (last state: 'new', timeout: 1m0s)`;
      throw new ApiError(504, message, 'timeout', { id: object.id, outputs: object.outputs });
    }
    return object;
  }

  async read(account: Account, type: string, id: string): Promise<CloudObject> {
    const kind = this.#kind(account, type);
    const object = this.#find(account, type, id);
    takeFault(this.#store.state, account.provider, type, 'read');
    await this.#making.get(id);
    if (kind.refresh && !(await kind.refresh(this.#context(account), object))) {
      await this.#forget(account, kind, object);
      throw notFound();
    }
    return object;
  }

  async update(account: Account, type: string, id: string, inputs: Properties): Promise<CloudObject> {
    const kind = this.#kind(account, type);
    const object = this.#find(account, type, id);
    const fault = takeFault(this.#store.state, account.provider, type, 'update');
    await this.#making.get(id);
    await kind.update(this.#context(account), object, inputs);
    await this.#store.save();
    if (fault === 'timeout-after') throw new ApiError(504, 'context deadline exceeded', 'timeout');
    return object;
  }

  async remove(account: Account, type: string, id: string): Promise<void> {
    const kind = this.#kind(account, type);
    const object = this.#find(account, type, id);
    const fault = takeFault(this.#store.state, account.provider, type, 'delete');
    await this.#making.get(id)?.catch(() => {});
    await this.#forget(account, kind, object);
    if (fault === 'timeout-after') throw new ApiError(504, 'context deadline exceeded', 'timeout');
  }

  /** Everything there is, as the operators of all clouds would see it. */
  everything(): CloudObject[] {
    return this.#store.state.objects;
  }

  owner(provider: string, type: string, id: string): Account {
    const found = this.everything().find((o) => o.provider === provider && o.type === type && o.id === id);
    if (!found) throw notFound();
    return this.#account(found);
  }

  contextOf(account: Account): Context {
    return this.#context(account);
  }

  /** After a restart: finishes what was being made or removed. */
  async recover(): Promise<string[]> {
    const told: string[] = [];
    for (const object of [...this.#store.state.objects]) {
      if (object.phase === 'ready') continue;
      const account = this.#account(object);
      const kind = this.#kind(account, object.type);
      told.push(`${object.phase} ${object.provider} ${object.type} ${object.id}`);
      const work =
        object.phase === 'creating' ? this.#make(account, kind, object) : this.#forget(account, kind, object);
      await work.catch((error: Error) => told.push(`failed: ${error.message}`));
    }
    return told;
  }

  #make(account: Account, kind: Kind, object: CloudObject): Promise<void> {
    const work = (async () => {
      try {
        await kind.realise?.(this.#context(account), object);
      } catch (error) {
        await this.#forget(account, kind, object);
        throw error;
      }
      object.phase = 'ready';
      await this.#store.save();
    })().finally(() => this.#making.delete(object.id));
    this.#making.set(object.id, work);
    return work;
  }

  async #forget(account: Account, kind: Kind, object: CloudObject): Promise<void> {
    const before = object.phase;
    object.phase = 'deleting';
    await this.#store.save();
    try {
      await kind.remove?.(this.#context(account), object);
    } catch (error) {
      // Refused (a bucket that is not empty): it lives on.
      if (isRefusal(error)) object.phase = before;
      await this.#store.save();
      throw error;
    }
    const { state } = this.#store;
    state.objects = state.objects.filter((other) => other !== object && !this.#isPartOf(other, object));
    await this.#store.save();
  }

  #isPartOf(part: CloudObject, whole: CloudObject): boolean {
    if (part.provider !== whole.provider || part.account !== whole.account) return false;
    const wholes = kinds[part.provider]?.[part.type]?.partOf?.(part.inputs) ?? [];
    return wholes.some(([type, id]) => type === whole.type && id === whole.id);
  }

  #context(account: Account): Context {
    const { state } = this.#store;
    const world = (type: string) =>
      state.objects.filter(
        (o) => o.provider === account.provider && o.type === type && o.phase !== 'deleting',
      );
    return {
      account,
      backends: this.#backends,
      next: () => ++state.counter,
      world,
      list: (type) => world(type).filter((object) => object.account === account.name),
    };
  }

  #all(account: Account, type: string): CloudObject[] {
    return this.#store.state.objects.filter(
      (o) => o.provider === account.provider && o.type === type && o.account === account.name,
    );
  }

  #find(account: Account, type: string, id: string): CloudObject {
    const found = this.#all(account, type).find((object) => object.id === id);
    if (!found) throw notFound();
    return found;
  }

  #kind(account: Account, type: string): Kind {
    const kind = kinds[account.provider]?.[type];
    if (!kind) throw new ApiError(404, `the lab has no ${account.provider} ${type}`, 'not_implemented');
    return kind;
  }

  #account(object: CloudObject): Account {
    const found = this.#store.state.accounts.find(
      ({ provider, name }) => provider === object.provider && name === object.account,
    );
    if (!found) throw new Error(`${object.type} ${object.id} belongs to no account — ${object.account}`);
    return found;
  }
}
