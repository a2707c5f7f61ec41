import type { Problem } from '../../components/config/types.ts';
import { ConfigError, parseConfig } from '../../components/config.ts';
import type { RawConfig } from './stack-config.ts';
import { prefix } from './stack-file.ts';

/** Everything wrong with a stack's config, as the program itself would refuse it. */
export function problemsOf(config: RawConfig, stack: string): Problem[] {
  try {
    parseConfig(config.values, { project: prefix.slice(0, -1), stack, secretKeys: config.secretKeys });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [...error.problems];
  }
}
