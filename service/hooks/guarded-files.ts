// The files that configure the guard and the agent, and whether the use of a tool names one of them, however it writes the
// path. A command of a shell can reach a file without naming it: for commands, this finds names and not effects.

import { statSync } from 'node:fs';
import { basename, resolve, sep } from 'node:path';
import { formatIdentity } from '../support/file-identity.ts';
import {
  isCommandMember,
  listNamedPaths,
  listNamings,
  listPlaces,
  type NamingUse,
  resolveRealPlace,
} from './named-paths.ts';
import { isInRepository, repositoryFile } from './repositories.ts';

/** Folders whose files are read by agents, or run later by tools of the developer. */
const folderNames = ['.claude', '.codex', '.gemini', '.git', '.github', '.husky', '.vscode'];
const fileNames = [
  'claude.md',
  'claude.local.md',
  'agents.md',
  'agents.override.md',
  'gemini.md',
  '.mcp.json',
  '.claude.json',
  'nhipol.toml',
  '.npmrc',
];
/** The names of the programs that start, stop and configure the guard. */
const programNames = ['nhipol', 'nhipol.js', 'nhipol-hook', 'nhipol-hook.js'];
/** The shortest prefix of a pattern that can be meant for a name, and the fewest letters of one without it. */
const minPrefix = 2;
const minLetters = 6;

/**
 * `files`: paths of files and folders of this installation, such as its policy, log and state. A path that ends with a
 * separator is a folder, also before the folder exists.
 */
export class GuardedFiles {
  readonly #files: () => readonly string[];

  constructor(files: () => readonly string[]) {
    this.#files = files;
  }

  /** Whether the use of a tool names one of the files, a folder that contains one, or a program of the guard. */
  hasNaming(use: NamingUse, workspace: string): boolean {
    const given = this.#files();
    const files = given.map((path) => resolve(path));
    const folders = given.filter(isFolder).map((path) => resolve(path));
    const namings = listNamings(use);
    // Commands name the workspace all the time, which may be called `nhipol`.
    const expected = listOwnParts(resolve(workspace));
    const parts = files.flatMap(listOwnParts).filter((pair) => !expected.includes(pair));
    const names = { baseNames: listBaseNames(files, folders), folders, parts };
    if (namings.some(({ command = '' }) => hasFileWord(command, names))) return true;
    const paths = listNamedPaths(namings);
    if (paths === undefined) return true;
    const guardedFiles = files.map(describeGuardedFile);
    // A command runs in a folder, which may be above the files.
    const isAboveToo = !Object.keys(use.arguments).some(isCommandMember);
    return paths.some((path) =>
      [...listPlaces(path, workspace)].some((place) =>
        isGuardedPlace(place, guardedFiles, isAboveToo),
      ),
    );
  }
}

interface GuardedFile {
  /** Its path, and where that leads, without what a file system ignores. */
  readonly names: readonly string[];
  readonly identity: string | undefined;
}

function describeGuardedFile(path: string): GuardedFile {
  const names = [path, resolveRealPlace(path)].map(foldCase);
  return { names, identity: findIdentity(path) };
}

/** `isAboveToo`: whether a folder counts that contains one of the files. */
function isGuardedPlace(
  path: string,
  guardedFiles: readonly GuardedFile[],
  isAboveToo: boolean,
): boolean {
  const names = path.split(/[/\\]/).map(foldCase);
  if (names.some((name) => folderNames.includes(name))) return true;
  const last = names.at(-1) ?? '';
  if (fileNames.includes(last) || last === foldCase(repositoryFile)) return true;
  if (isInRepository(path, isAboveToo)) return true;
  const identity = findIdentity(path);
  const place = foldCase(path);
  const below = place.endsWith(sep) ? place : `${place}${sep}`;
  return guardedFiles.some((file) => {
    if (identity !== undefined && identity === file.identity) return true;
    return file.names.some(
      (name) => hasFileName(place, name) || (isAboveToo && name.startsWith(below)),
    );
  });
}

/** Whether a path is that of a file, of one next to it that begins with its name, or of one below it. */
function hasFileName(path: string, file: string): boolean {
  return path.startsWith(file) && /^($|[-./~])/.test(path.slice(file.length));
}

function isFolder(path: string): boolean {
  return path.endsWith(sep) || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Identifies a file under all of its names, or returns `undefined` if it does not exist, or cannot be read. */
function findIdentity(path: string): string | undefined {
  try {
    return formatIdentity(statSync(path, { bigint: true }));
  } catch {
    return undefined;
  }
}

/** Without what some file system ignores: case, forms of characters, invisible ones, and dots and spaces at the end. */
function foldCase(name: string): string {
  const plain = name.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return plain
    .toUpperCase()
    .toLowerCase()
    .replace(/[. ]+$/, (end) => (end === plain ? end : ''));
}

/** How a command can name the guarded files: names of files, paths of folders, and pairs of segments. */
interface GuardedNames {
  readonly baseNames: readonly string[];
  readonly folders: readonly string[];
  readonly parts: readonly string[];
}

/** The names of files. The names of folders can be ordinary words, such as `bin`. */
function listBaseNames(files: readonly string[], folders: readonly string[]): readonly string[] {
  return files.filter((path) => !folders.includes(path)).map((path) => foldCase(basename(path)));
}

/** Whether a command contains one of the names, or a pattern that matches one. */
function hasFileWord(command: string, { baseNames, folders, parts }: GuardedNames): boolean {
  const names = [...folderNames, ...fileNames, ...baseNames];
  const plain = command.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}|["'`\\]/gu, '');
  const lower = plain.toUpperCase().toLowerCase();
  if (folders.some((folder) => lower.includes(foldCase(folder)))) return true;
  return lower.split(/[\s$(){}<>;&|=,:!]+/).some((word) => {
    const segments = word.split('/').filter((segment) => segment !== '');
    // A package can be named with its version.
    const [program = ''] = (segments.at(-1) ?? '').split('@');
    if (programNames.some((name) => program === name || matchesPattern(program, name))) return true;
    if (listPairs(segments).some((pair) => parts.includes(pair))) return true;
    return segments
      .flatMap(listWrittenNames)
      .some((segment) =>
        names.some((name) => hasFileName(segment, name) || matchesPattern(segment, name)),
      );
  });
}

/**
 * The two parts of a path around the folder of the guard, such as `.cache/nhipol` and `nhipol/modules`: a shell replaces
 * what is before them, such as `~` and variables.
 */
function listOwnParts(path: string): readonly string[] {
  const [guardFolder] = programNames;
  return listPairs(path.split(sep).map(foldCase)).filter((pair) =>
    pair.split('/').some((name) => name === guardFolder),
  );
}

function listPairs(segments: readonly string[]): readonly string[] {
  return segments.slice(1).map((segment, before) => `${segments[before]}/${segment}`);
}

/** A segment, and what follows the letter of an option, as in `-oFILE`. */
function listWrittenNames(segment: string): readonly string[] {
  return /^-[a-z]/.test(segment) ? [segment, segment.slice(2)] : [segment];
}

function matchesPattern(segment: string, name: string): boolean {
  const prefix = segment.search(/[*?[]/);
  if (prefix < 0 || !name.startsWith(segment.slice(0, prefix))) return false;
  const letters = segment.replace(/\[[^\]]*\]?|[*?]/g, '').length;
  if (prefix < minPrefix && letters < minLetters) return false;
  const parts = segment.slice(prefix).match(/\*+|\[[^\]]*\]?|[^*[]/g) ?? [];
  return matchesParts(parts, name.slice(prefix));
}

/** In time of both lengths: if the parts after a star do not fit, only the last star takes more. */
function matchesParts(parts: readonly string[], name: string): boolean {
  let [part, at] = [0, 0];
  let star: { readonly part: number; readonly at: number } | undefined;
  while (at < name.length) {
    const pattern = parts[part];
    if (pattern?.startsWith('*')) {
      part += 1;
      star = { part, at };
    } else if (pattern !== undefined && matchesCharacter(pattern, name[at])) {
      part += 1;
      at += 1;
    } else if (star === undefined) {
      return false;
    } else {
      star = { part: star.part, at: star.at + 1 };
      ({ part, at } = star);
    }
  }
  return parts.slice(part).every((rest) => rest.startsWith('*'));
}

/** A set of characters is taken for any character. */
function matchesCharacter(pattern: string, character: string | undefined): boolean {
  return pattern === '?' || pattern.startsWith('[') || pattern === character;
}
