/** Replaces each @NAME@ by its value; a name without a value is an error of ours. */
export function fill(path: string, text: string, values: Record<string, string>): string {
  return text.replaceAll(/@([A-Z][A-Z0-9_]*)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${path} names @${name}@, which stack-env.ts does not give`);
    return value;
  });
}
