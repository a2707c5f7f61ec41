/** `rehearsal-20261123-041500`: the moment it began, in UTC. */
export function rehearsalName(began: Date): string {
  const [day = '', time = ''] = began
    .toISOString()
    .replace(/[-:]|\..*/g, '')
    .split('T');
  return `rehearsal-${day}-${time}`;
}

/** When a stack of that name began; undefined: it is no rehearsal. */
export function beganAt(stack: string): Date | undefined {
  const parts = /^rehearsal-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)$/.exec(stack);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const began = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(+began) ? undefined : began;
}
