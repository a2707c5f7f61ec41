export interface StreamUser {
  accountId: string;
  scopes: string[];
}

/** Redis channels behind the name of a stream; undefined when there is none or the user may not read it. */
export function channelsOf(
  stream: string,
  user: StreamUser | undefined,
  params: URLSearchParams,
): string[] | undefined {
  const allowed = (scope: string): boolean =>
    user?.scopes.some((have) => have === 'read' || have === scope) ?? false;
  const local = ['true', '1'].includes(params.get('local') ?? '');
  switch (stream) {
    case 'user':
      return user && allowed('read:statuses')
        ? [`timeline:${user.accountId}`, `timeline:${user.accountId}:notifications`]
        : undefined;
    case 'user:notification':
      return user && allowed('read:notifications') ? [`timeline:${user.accountId}:notifications`] : undefined;
    case 'public':
      return [local ? 'timeline:public:local' : 'timeline:public'];
    case 'public:local':
      return ['timeline:public:local'];
    case 'public:remote':
      return ['timeline:public:remote'];
    case 'direct':
      return user && allowed('read:statuses') ? [`timeline:direct:${user.accountId}`] : undefined;
    default:
      return undefined;
  }
}
