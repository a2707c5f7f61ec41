export type Level = 'red' | 'yellow' | 'green';

export interface Row {
  /** The word under which the runbook site-down says what to do. */
  group: string;
  level: Level;
  label: string;
  text: string;
}

export const row = (group: string, level: Level, label: string, text: string): Row => ({
  group,
  level,
  label,
  text,
});
