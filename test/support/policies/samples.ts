// The example policies with the files that they use, for tests that do not read files themselves.

import { readdirSync, readFileSync } from 'node:fs';
import type { Sample } from '../arbitraries/mutations.ts';
import { examples } from './examples.ts';

const root = new URL('../../../', import.meta.url);

const names = readdirSync(new URL('examples/', root), { recursive: true, encoding: 'utf8' });

const sources: ReadonlyMap<string, string> = new Map(
  names
    .filter((name) => /\.(?:nhipol|json|csv)$/.test(name))
    .map((name) => [`examples/${name}`, readFileSync(new URL(`examples/${name}`, root), 'utf8')]),
);

export const samples: readonly Sample[] = examples.map(({ path }) => ({ path, sources }));
