import type { Dialect } from './check.ts';

/** The words of providers bridged from Terraform (digitalocean, cloudflare, hcloud). */
export const bridged: Dialect = {
  unknown: (resource, path) => ({
    property: '',
    reason: `Invalid or unknown key. Examine values at '${resource}.${path}'.`,
  }),
  missing: (resource, path) => ({
    property: '',
    reason:
      `Missing required argument. The argument "${snake(path)}" is required, but no definition was found.. ` +
      `Examine values at '${resource}.${path}'.`,
  }),
  mistyped: (resource, path, wanted, got) => ({
    property: '',
    reason: `expected ${wanted} type, got ${got} type. Examine values at '${resource}.${path}'.`,
  }),
};

/** The words of providers written in Go with inferred schemas (command). */
export const inferred: Dialect = {
  unknown: (_resource, path) => ({ property: path, reason: `Unrecognized field '${path}'` }),
  missing: (_resource, path) => ({ property: path, reason: `Missing required field '${path}'` }),
  mistyped: (_resource, path, wanted, got) => ({
    property: path,
    reason: `Field '${path}' must be a '${wanted}'; got '${got}' instead`,
  }),
};

const snake = (path: string) =>
  (path.split('.').at(-1) ?? path).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
