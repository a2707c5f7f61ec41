import { run } from './run.ts';

/** `bundle exec PROGRAM …`: the three programs a Mastodon image is run with. Each is loaded alone. */
run(async () => {
  const [verb, program, ...args] = process.argv.slice(2);
  if (verb !== 'exec' || !program) throw new Error('usage: bundle exec puma|sidekiq|rails|rake …');
  switch (program.replace(/^(\.\/)?bin\//, '')) {
    case 'puma':
      return (await import('./puma.ts')).puma();
    case 'sidekiq':
      return (await import('./sidekiq.ts')).sidekiq(args);
    case 'rails':
    case 'rake':
      return (await import('../cli/rails.ts')).rails(args);
    case 'tootctl':
      return (await import('../cli/tootctl.ts')).tootctl(args);
    default:
      throw new Error(`bundler: command not found: ${program}`);
  }
});
