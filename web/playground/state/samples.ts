// The samples that the playground offers: `samples/index.json` lists them, and each is a file that is loaded when it is
// chosen. `scripts/build/playground.mjs` writes both from the examples.

import type { Draft } from './draft.ts';

export interface SampleEntry {
  readonly id: string;
  readonly title: string;
}

export const firstSample = 'first-policy';

export async function listSamples(): Promise<readonly SampleEntry[]> {
  return load('samples/index.json');
}

export function loadSample(id: string): Promise<Draft> {
  return load(`samples/${encodeURIComponent(id)}.json`);
}

async function load<Loaded>(path: string): Promise<Loaded> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} could not be loaded: ${response.status}.`);
  return response.json();
}
