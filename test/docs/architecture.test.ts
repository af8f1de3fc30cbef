// The drawing of the parts in ARCHITECTURE.md agrees with the package.json files of the workspaces.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const scope = '@nhipol/';

interface Package {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function readPackage(folder: string): Package {
  return JSON.parse(readFileSync(new URL(`${folder}/package.json`, root), 'utf8'));
}

/** Lists the parts of the drawing in its order, each with the parts that it imports. */
function readDrawing(): readonly (readonly [part: string, imports: readonly string[]])[] {
  const page = readFileSync(new URL('ARCHITECTURE.md', root), 'utf8');
  const lines = page.matchAll(/^([\w-]+) +─▶ ([\w -]+|\(none\))$/gm);
  return [...lines].map(([, part = '', imports = '']) => [
    part,
    imports === '(none)' ? [] : imports.split(' '),
  ]);
}

test('the drawing of the parts shows what each package.json lists', () => {
  const packages = (readPackage('.').workspaces ?? []).map(readPackage);
  const listed = packages.map(({ name, dependencies, devDependencies }) => [
    name.replace(scope, ''),
    Object.keys({ ...dependencies, ...devDependencies })
      .filter((dependency) => dependency.startsWith(scope))
      .map((dependency) => dependency.replace(scope, ''))
      .sort(),
  ]);
  const drawn = readDrawing().map(([part, imports]) => [part, [...imports].sort()]);
  expect(Object.fromEntries(drawn)).toEqual(Object.fromEntries(listed));
});

test('a part of the drawing imports parts of later lines only', () => {
  const drawing = readDrawing();
  const order = drawing.map(([part]) => part);
  const wrong = drawing.filter(([part, imports]) =>
    imports.some((imported) => order.indexOf(imported) <= order.indexOf(part)),
  );
  expect(wrong).toEqual([]);
});
