/** What an image of somebody else is called in the lab's registry: its own name there, by tag, or by digest where it has one. */
export function nameIn(reference: string): { repository: string; tag: string } {
  const [name = '', digest] = reference.split('@sha256:');
  // What stands before the first slash is a registry only when it looks like a host.
  const path = name.replace(/^[^/]*[.:][^/]*\/|^localhost\//, '');
  const [repository = '', tag] = path.split(':');
  return { repository, tag: digest?.slice(0, 32) ?? tag ?? 'latest' };
}
