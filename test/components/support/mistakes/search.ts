import type { Mistake } from './mistake.ts';

const SEARCH_IMAGE = `docker.elastic.co/elasticsearch/elasticsearch:7.17.29@sha256:${'e'.repeat(64)}`;

/** Search. */
export const search: Mistake[] = [
  ['search without an image', { 'search.enabled': true }, 'images.search', /beside search\.enabled/],
  ['an image that nothing runs', { 'images.search': SEARCH_IMAGE }, 'images.search', /no use without/],
  [
    'search that does not fit beside the rest',
    { search: { enabled: true, memoryMb: 4096 }, 'images.search': SEARCH_IMAGE },
    'processes',
    /search 4096/,
  ],
  ['too little memory for search', { 'search.memoryMb': 512 }, 'search.memoryMb', /at least 1024/],
  [
    'another search beside ours',
    { search: { enabled: true, memoryMb: 1024 }, 'images.search': SEARCH_IMAGE, 'environment.ES_HOST': 'x' },
    'environment.ES_HOST',
    /other keys/,
  ],
];
