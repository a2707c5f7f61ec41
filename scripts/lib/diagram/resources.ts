import * as pulumi from '@pulumi/pulumi';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks.js';
import { Instance } from '../../../components/instance.ts';
import { renderFacts } from '../render-facts.ts';
import { settled } from './settled.ts';

/** One resource as the program asks the engine for it. */
export interface Asked {
  name: string;
  /** Pulumi's token, e.g. `digitalocean:index/droplet:Droplet`. */
  type: string;
  /** A component is a name for what lies in it; only the rest exists in a cloud. */
  component: boolean;
  parent: string;
  needs: string[];
  protect: boolean;
  ignoreChanges: string[];
}

interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getProtect(): boolean;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
}

const nameOf = (urn: string): string => urn.split('::').at(-1) ?? '';

/**
 * Runs the program for a shipped stack file with secrets masked, without engine and network, and tells what it asks for,
 * by name. https://www.pulumi.com/docs/iac/concepts/testing/unit/
 */
export async function resourcesOf(projectDir: string, stack: string): Promise<Asked[]> {
  const { config } = renderFacts(projectDir, stack).facts;
  const asked: Asked[] = [];
  const register = MockMonitor.prototype.registerResource;
  // Options of a resource are in the request only; mocks are not told them.
  MockMonitor.prototype.registerResource = function (request: Request, callback) {
    asked.push({
      name: request.getName(),
      type: request.getType(),
      component: !request.getCustom(),
      parent: nameOf(request.getParent()),
      needs: request.getDependenciesList().map(nameOf).sort(),
      protect: request.getProtect(),
      ignoreChanges: request.getIgnorechangesList().sort(),
    });
    return register.call(this, request, callback);
  };
  try {
    await pulumi.runtime.setMocks(
      { newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs },
      'instance',
      stack,
      // A preview: what only the cloud knows stays unknown, and nothing depends on made-up values.
      true,
    );
    new Instance(stack, { config, stack, raw: {} });
    await settled();
  } finally {
    MockMonitor.prototype.registerResource = register;
  }
  return asked.sort((a, b) => a.name.localeCompare(b.name, 'en'));
}
