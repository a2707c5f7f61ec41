/** The engine's encoding of values that JSON cannot say, in `pulumirpc.Provider` messages. */
const signatureKey = '4dabf18193072939515e22adb298388d';
const secretSignature = '1b47061264138c4ac30d75fd1eb44270';
const assetSignature = 'c44067f5952c0a294b673a41bacd8c17';
export const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export type Properties = Record<string, unknown>;

export const isObject = (value: unknown): value is Properties =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isSecret = (value: unknown): value is { value: unknown } =>
  isObject(value) && value[signatureKey] === secretSignature;

export const isAsset = (value: unknown): boolean => isObject(value) && value[signatureKey] === assetSignature;

export const secret = (value: unknown): unknown =>
  isSecret(value) ? value : { [signatureKey]: secretSignature, value };

/** The value without secret wrappers at any depth; null fields go, as the engine sends them for "absent". */
export function plain(value: unknown): unknown {
  if (isSecret(value)) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null && field !== undefined)
      .map(([key, field]) => [key, plain(field)]),
  );
}

export const plainObject = (value: Properties): Properties => plain(value) as Properties;

export function some(value: unknown, test: (value: unknown) => boolean): boolean {
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((item) => some(item, test));
  return isObject(value) && Object.values(value).some((field) => some(field, test));
}

export const hasSecret = (value: unknown): boolean => some(value, isSecret);
export const hasUnknown = (value: unknown): boolean => some(value, (item) => item === unknown);

/** `plainOutputs` with every property wrapped that `origin` carries as a secret, or that is always one. */
export function rewrap(plainOutputs: Properties, origins: Properties[], always: string[] = []): Properties {
  const wrap = (key: string) => always.includes(key) || origins.some((origin) => hasSecret(origin[key]));
  return Object.fromEntries(
    Object.entries(plainOutputs).map(([key, value]) => [key, wrap(key) ? secret(value) : value]),
  );
}
