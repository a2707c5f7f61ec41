import type { Problem } from '../../components/config/types.ts';
import { ConfigError, parseConfig } from '../../components/config.ts';
import { copyOfDump } from '../../components/restore/merge.ts';
import { isCopy, ofCopy } from './copy.ts';
import type { RawConfig } from './stack-config.ts';
import { prefix } from './stack-file.ts';

/** Everything wrong with a stack's config, as the program itself would refuse it. */
export function problemsOf(config: RawConfig, stack: string): Problem[] {
  try {
    const project = prefix.slice(0, -1);
    const { dump } = (readJson(config.values[`${prefix}restore`]) ?? {}) as { dump?: unknown };
    const values = dump ? copyOfDump(config.values, project, stack) : config.values;
    parseConfig(values, { project, stack, secretKeys: config.secretKeys });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const copy = isCopy({ restore: readJson(config.values[`${prefix}restore`]) });
    // What is missing in a copy's file comes from its source; the program sees it when it has asked there.
    return error.problems.filter(({ key, reason }) => !copy || ofCopy.test(key) || reason !== 'is missing');
  }
}

function readJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return undefined;
  }
}
