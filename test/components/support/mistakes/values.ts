import type { Mistake } from './mistake.ts';

/** Keys nobody knows and values of the wrong kind. */
export const values: Mistake[] = [
  ['an unknown key', { domian: 'x' }, 'domian', /not a known key/],
  ['an unknown key inside a section', { 'primary.sise': 'x' }, 'primary.sise', /not a known key/],
  ['a list for a map', { primary: ['fra1'] }, 'primary', /must be a map/],
  ['text for a number', { rpo: 'often' }, 'rpo', /must be a whole number/],
  ['half a number', { rpo: 60.5 }, 'rpo', /must be a whole number/],
  ['text for yes or no', { protect: 'maybe' }, 'protect', /must be true or false/],
  ['a number for a name', { 'mail.host': 7 }, 'mail.host', /must be a string/],
  ['null', { 'mail.host': null }, 'mail.host', /must be a string, not empty/],
  ['a number too large', { rpo: 3601 }, 'rpo', /at most 3600/],
];
