/** Whether a stack's plain config makes it a copy of another: it takes most of what it is from there. */
export function isCopy(plain: Record<string, unknown>): boolean {
  const { restore } = plain;
  return typeof restore === 'object' && restore !== null && 'from' in restore;
}

/** What a copy's own file has to say; the rest comes from its source at `pulumi up`. */
export const ofCopy =
  /^(restore|primary|hostPublicKey|deployPublicKey|rotated|admins|expires|secrets\.(hostKey|deployKey))\b/;
