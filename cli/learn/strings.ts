// Writes the conditions that observed strings have in common: a list of values, directories of paths, or origins of URLs.

import { isNormalPath } from '@nhipol/language/types';
import { isMembers } from '@nhipol/runtime/abi';
import { escapeTemplate, type LearningLimits, writeStringChoice } from './literals.ts';

/** Longer strings are not listed. */
const maxLength = 200;

/** Returns `undefined` if the strings have nothing in common that is worth a condition. `values`: at least one. */
export function proposeStringConditions(
  path: string,
  values: readonly string[],
  limits: LearningLimits,
  directories: ReadonlySet<string>,
): readonly string[] | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const different = [...counts.keys()];
  const isUrl = different.every((value) => readOrigin(value) !== undefined);
  const isPath = !isUrl && different.some(isLikePath);
  // A path that was used once says more about its directory than about itself.
  const isListed = !(isUrl || isPath) || [...counts.values()].every((count) => count > 1);
  if (isListed && canBeListed(different, limits)) return [writeStringChoice(path, different)];
  if (isUrl) return proposeOrigins(path, different, limits);
  return isPath ? proposeDirectories(path, different, limits, directories) : undefined;
}

/** Not a glob. */
function isLikePath(value: string): boolean {
  return value.includes('/') && readOrigin(value) === undefined && !/[*?]/.test(value);
}

function canBeListed(values: readonly string[], { maxValues }: LearningLimits): boolean {
  return values.length <= maxValues && values.every((value) => value.length <= maxLength);
}

function joinAlternatives(alternatives: readonly string[]): readonly string[] {
  return [alternatives.length === 1 ? `${alternatives[0]}` : `(${alternatives.join(' or ')})`];
}

const urlForm = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#\\]+/;

/** Scheme and authority. A path of a URL can leave its directory, so it is not a prefix. */
function readOrigin(value: string): string | undefined {
  return urlForm.exec(value)?.[0];
}

function proposeOrigins(
  path: string,
  values: readonly string[],
  limits: LearningLimits,
): readonly string[] | undefined {
  const origins = new Set<string>();
  const others: string[] = [];
  for (const value of values) {
    const origin = `${readOrigin(value)}/`;
    if (value.startsWith(origin)) origins.add(origin);
    else others.push(value);
  }
  if (origins.size > Math.max(limits.maxValues, 1) || !canBeListed(others, limits))
    return undefined;
  return joinAlternatives([
    ...[...origins].sort().map((origin) => `${path} starts_with ${escapeTemplate(origin)}`),
    ...(others.length === 0 ? [] : [writeStringChoice(path, others)]),
  ]);
}

/** Paths that are not in normal form, and those without a directory, are listed. */
function proposeDirectories(
  path: string,
  values: readonly string[],
  limits: LearningLimits,
  known: ReadonlySet<string>,
): readonly string[] | undefined {
  const directories: (readonly string[])[] = [];
  const others: string[] = [];
  for (const value of values) {
    const segments = splitSegments(value);
    const directory = known.has(segments.join('/')) ? segments : segments.slice(0, -1);
    const isUsable =
      isNormalPath(withoutSlash(value)) && directory.some((segment) => segment !== '');
    if (isUsable) directories.push(directory);
    else others.push(value);
  }
  if (others.length > 0 && !canBeListed(others, limits)) return undefined;
  for (let depth = limits.prefixDepth; depth > 0; depth -= 1) {
    const prefixes = selectOutermost(directories.map((directory) => joinPrefix(directory, depth)));
    if (prefixes.length > Math.max(limits.maxValues, 1)) continue;
    return joinAlternatives([
      ...prefixes.map((prefix) => `${path} under ${escapeTemplate(prefix)}`),
      ...(others.length === 0 ? [] : [writeStringChoice(path, others)]),
    ]);
  }
  return undefined;
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** An absolute path begins with an empty segment. */
function splitSegments(path: string): readonly string[] {
  return withoutSlash(path).split('/');
}

/** The directories that paths among the values are in. */
export function collectDirectories(values: unknown): ReadonlySet<string> {
  const directories = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isMembers(value)) Object.values(value).forEach(visit);
    else if (typeof value === 'string' && isLikePath(value) && isNormalPath(withoutSlash(value))) {
      const segments = splitSegments(value);
      for (let end = segments.length - 1; end > 0; end -= 1) {
        directories.add(segments.slice(0, end).join('/'));
      }
    }
  };
  visit(values);
  return directories;
}

function joinPrefix(directory: readonly string[], depth: number): string {
  return directory.slice(0, directory[0] === '' ? depth + 1 : depth).join('/');
}

/** Without prefixes that are under another one. */
function selectOutermost(prefixes: readonly string[]): readonly string[] {
  const different = [...new Set(prefixes)].sort();
  return different.filter(
    (prefix) => !different.some((other) => other !== prefix && prefix.startsWith(`${other}/`)),
  );
}
