import type { TypeRule } from '../../../lab/providers/lib/rules.ts';

const assetSignature = { '4dabf18193072939515e22adb298388d': 'c44067f5952c0a294b673a41bacd8c17' };

/** A value of a type; `other` gives a different one. */
export function sample(type: TypeRule, other = false): unknown {
  if (Array.isArray(type)) return [sample(type[0] ?? 'any', other)];
  if (typeof type === 'object') {
    if (Array.isArray(type.enum)) return type.enum[other ? 1 : 0];
    return Object.fromEntries(
      Object.entries(type).map(([key, field]) => [
        key.replace(/\?$/, '').replace('*', 'key'),
        sample(field, other),
      ]),
    );
  }
  switch (type) {
    case 'boolean':
      return other;
    case 'number':
    case 'integer':
      return other ? 2 : 1;
    case 'pulumi.json#/Asset':
      return { ...assetSignature, text: other ? 'b' : 'a' };
    default:
      return other ? 'b' : 'a';
  }
}

/** A value that is not of that type; undefined where everything is. */
export function mistake(type: TypeRule): unknown {
  if (Array.isArray(type)) return 'no list';
  if (typeof type === 'object') return 7;
  if (type === 'any' || type === 'pulumi.json#/Any') return undefined;
  return type === 'string' ? 7 : 'no such type';
}
