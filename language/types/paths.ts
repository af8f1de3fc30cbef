// Paths: strings of segments separated by `/`, such as file names, URL paths and object keys. Determines
// whether a path is in normal form, and whether it is under a root.

/**
 * Characters that are not in normal form: control characters, the separator of Windows, and characters
 * that compatibility normalization (NFKC) turns into `.`, `..`, `/`, `\` or `%`.
 */
const ambiguous =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find.
  /[\0-\x1f\x7f\\\u2024\u2025\ufe30\ufe52\ufe68\ufe6a\uff05\uff0e\uff0f\uff3c]/;
const encoded = /%[0-9A-Fa-f]{2}/;
const drive = /^[A-Za-z]:/;

/** Why a path is not in normal form, for messages, or `undefined` if it is. */
function findPathProblem(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (path === '/') return undefined;
  const problem = findCharacterProblem(path);
  if (problem !== undefined) return problem;
  if (drive.test(path)) return 'it begins with a drive letter';
  const segments = (isAbsolute(path) ? path.slice(1) : path).split('/');
  if (segments.at(-1) === '') segments.pop();
  else if (!segments.includes('')) return findDots(segments);
  if (segments.includes('')) return 'it has an empty segment';
  return findDots(segments) ?? 'it ends with a slash';
}

/** The character that no path in normal form has, for messages, or `undefined` if there is none. */
export function findCharacterProblem(path: string): string | undefined {
  const character = ambiguous.exec(path)?.[0];
  if (character === '\\') return 'it has a backslash';
  if (character !== undefined) {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `it has the character U+${code}`;
  }
  const encodedByte = encoded.exec(path)?.[0];
  return encodedByte && `it has the percent-encoded \`${encodedByte}\``;
}

function findDots(segments: readonly string[]): string | undefined {
  const matchingSegment = segments.find((segment) => segment === '.' || segment === '..');
  return matchingSegment === undefined ? undefined : `it has the segment \`${matchingSegment}\``;
}

export function isNormalPath(path: string): boolean {
  return findPathProblem(path) === undefined;
}

/** That a path is not in normal form, and why, or `undefined` if it is. */
export function findNormalProblem(what: 'path' | 'root', path: string): string | undefined {
  const problem = findPathProblem(path);
  return problem && `the ${what} is not in normal form: ${problem}`;
}

/** Why it is unknown whether a path is under a root, or `undefined` if it is known. */
export function findUnderProblem(path: string, root: string): string | undefined {
  const [inner, outer] = [withoutSlash(path), withoutSlash(root)];
  const problem = findNormalProblem('path', inner) ?? findNormalProblem('root', outer);
  if (problem !== undefined) return problem;
  if (isAbsolute(inner) === isAbsolute(outer)) return undefined;
  return isAbsolute(inner)
    ? 'the path is absolute and the root is not'
    : 'the root is absolute and the path is not';
}

/** Why a string is not a valid root, or `undefined` if it is. */
export function findRootProblem(root: string): string | undefined {
  return findPathProblem(withoutSlash(root));
}

/**
 * Whether a path is equal to a root or below it; a slash at the end of either is ignored. Returns undefined
 * (unknown) if one of them is not in normal form or only one of them is absolute.
 */
export function isSubpath(path: string, root: string): boolean | undefined {
  if (findUnderProblem(path, root) !== undefined) return undefined;
  const [inner, outer] = [withoutSlash(path), withoutSlash(root)];
  return outer === '/' || inner === outer || inner.startsWith(`${outer}/`);
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

/** Removes a slash at the end, unless the path is `/` or ends with several. */
function withoutSlash(path: string): string {
  return /[^/]\/$/.test(path) ? path.slice(0, -1) : path;
}
