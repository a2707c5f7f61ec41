import type { Problem } from '../config/types.ts';
import { type AppName, apps } from './index.ts';
import { parseVersion, since } from './version.ts';

/** What is wrong with a version for an app; undefined when the app can be run in it. */
export function checkVersion(appName: AppName, text: string): Problem | undefined {
  const { name, versions, oldest } = apps[appName];
  const problem = (reason: string, remedy: string): Problem => ({
    key: 'appVersion',
    value: text,
    reason,
    remedy,
  });
  const version = versions.pattern.test(text) ? parseVersion(text) : undefined;
  if (version && since(version, ...oldest)) return undefined;
  if (version)
    return problem(
      `older than ${name} ${oldest.join('.')}`,
      `use ${oldest.join('.')}.0 or later, written like ${versions.example}`,
    );
  const other = Object.values(apps).find(({ versions }) => versions.pattern.test(text))?.name;
  if (other)
    return problem(
      `is a version of ${other}, and the app is ${name}`,
      `write one of ${name}, like ${versions.example}, or set app to ${other}`,
    );
  return problem(`is not a version of ${name}`, `write it like ${versions.example}`);
}
