import { createHash } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks.js';
import { vi } from 'vitest';
import type { StackConfig } from '../../../components/config.ts';
import { Instance } from '../../../components/instance.ts';
import { adopts } from '../../../components/last.ts';
import { settled } from '../../../scripts/lib/diagram/settled.ts';
import { engineConfig } from '../../fixtures/stack.ts';
import { outputsOf } from './outputs.ts';

type Properties = Record<string, unknown>;

/** One resource as the program asked the engine for it. */
export interface Asked {
  type: string;
  name: string;
  /** Inputs with secrets unwrapped. */
  inputs: Properties;
  /** Names of the inputs that hold a secret. */
  secrets: string[];
  ignoreChanges: string[];
  /** What it takes over, where it is there already. */
  importId: string;
  protect: boolean;
  deletedWith: string;
  dependsOn: string[];
  parent: string;
  custom: boolean;
}

export interface Deployment {
  resources: Asked[];
  warnings: string[];
  instance: Instance;
}

interface Request {
  getType(): string;
  getName(): string;
  getIgnorechangesList(): string[];
  getProtect(): boolean;
  getImportid(): string;
  getDeletedwith(): string;
  getDependenciesList(): string[];
  getParent(): string;
  getCustom(): boolean;
}

/** The request says what Pulumi's mocks do not hand on: the resource's options. */
const requests = new Map<string, Request>();
const register = MockMonitor.prototype.registerResource;
MockMonitor.prototype.registerResource = function (request: Request, callback) {
  requests.set(request.getName(), request);
  return register.call(this, request, callback);
};

/** Runs the program against Pulumi's mocks; over `before`, what is ignored keeps its old value as in the real engine. */
export async function deploy(
  config: StackConfig,
  before: Asked[] = [],
  stack = 'staging',
): Promise<Deployment> {
  const resources: Asked[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs, custom }) {
        const asked = describe(type, name, inputs, custom === true);
        resources.push(asked);
        const old = before.find((each) => each.name === name)?.inputs;
        const kept = old ? Object.fromEntries(asked.ignoreChanges.map((key) => [key, old[key]])) : {};
        const state = { ...asked.inputs, ...kept };
        return { id: idOf(type, name), state: { ...state, ...outputsOf(type, name, state) } };
      },
      call: ({ token }) => {
        throw new Error(`unexpected call of ${token}`);
      },
    },
    'instance',
    stack,
  );
  const warn = vi.spyOn(pulumi.log, 'warn').mockResolvedValue(undefined);
  try {
    const instance = new Instance(stack, {
      config,
      stack,
      raw: engineConfig({ ...config }),
      adopt: adopts(config, {}),
    });
    await settled();
    return { resources, instance, warnings: warn.mock.calls.map(([message]) => message) };
  } finally {
    warn.mockRestore();
  }
}

/** The value an output comes to. */
export function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void pulumi.output(output).apply((value) => resolve(value as T)));
}

function describe(type: string, name: string, wrapped: Properties, custom: boolean): Asked {
  const request = requests.get(name);
  if (request?.getType() !== type) throw new Error(`${name} was not asked for`);
  const secrets: string[] = [];
  const inputs = Object.fromEntries(
    Object.entries(wrapped).map(([key, value]) => {
      const plain = unwrap(value);
      if (JSON.stringify(plain) !== JSON.stringify(value)) secrets.push(key);
      return [key, plain];
    }),
  );
  return {
    type,
    name,
    inputs,
    secrets,
    custom,
    ignoreChanges: request.getIgnorechangesList(),
    importId: request.getImportid(),
    protect: request.getProtect(),
    deletedWith: lastPart(request.getDeletedwith()),
    dependsOn: request.getDependenciesList().map(lastPart),
    parent: lastPart(request.getParent()),
  };
}

const SIGNATURE = '4dabf18193072939515e22adb298388d';

function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== 'object' || value === null) return value;
  if (SIGNATURE in value) return unwrap((value as Properties).value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrap(item)]));
}

function idOf(type: string, name: string): string {
  if (type.endsWith(':Droplet')) return '412345678';
  if (!type.startsWith('hcloud:')) return `${name}-id`;
  // Hetzner numbers everything; the same name has the same number.
  return String(createHash('sha256').update(name).digest().readUInt32BE() % 1e8);
}

function lastPart(urn: string): string {
  return urn.split('::').at(-1) ?? '';
}
