import { ConfigError, type Problem, parseConfig } from '../../../components/config.ts';
import { engineConfig, stackFile } from '../../fixtures/stack.ts';
import { options } from './config.ts';
import { set } from './edits.ts';

/** What is wrong with a raw configuration. */
export function problems(
  raw: Record<string, string>,
  more: Partial<typeof options & { secretKeys: string[] }> = {},
): Problem[] {
  try {
    parseConfig(raw, { ...options, ...more });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return [...error.problems];
    throw error;
  }
}

/** What is wrong with a good stack file after some changes. */
export const of = (changes: Record<string, unknown>) => problems(engineConfig(set(stackFile(), changes)));
