export { ConfigError } from './config/error.ts';
export { type ParseOptions, parseConfig } from './config/parse.ts';
export { keys } from './config/schema.ts';
export type * from './config/types.ts';
