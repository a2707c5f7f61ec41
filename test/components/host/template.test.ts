import { describe, expect, it } from 'vitest';
import { fill } from '../../../components/host/template.ts';

describe('templates', () => {
  it('refuse a name that has no value', () => {
    expect(() => fill('/etc/x', 'a @NO_SUCH@ b', {})).toThrow('/etc/x names @NO_SUCH@');
  });
});
