// The files that configure the guard and the agent, and whether the use of a tool names one of them, however it writes the
// path. A command of a shell can reach a file without naming it: for commands, this finds names and not effects.

import { statSync } from 'node:fs';
import { basename, resolve, sep } from 'node:path';
import type { ToolUse } from './agents/agent.ts';
import { isCommandMember, namesIn, placesOf, realPlace } from './named-paths.ts';

/** Folders whose files are read by agents, or run later by tools of the developer. */
const folderNames = ['.claude', '.codex', '.gemini', '.git', '.github', '.husky', '.vscode'];
const fileNames = [
  ...['claude.md', 'claude.local.md', 'agents.md', 'agents.override.md', 'gemini.md'],
  ...['.mcp.json', '.claude.json', 'nhipol.toml'],
];
/** The names of the programs that start, stop and configure the guard. */
const programNames = ['nhipol', 'nhipol.js', 'nhipol-hook', 'nhipol-hook.js'];
/** The shortest prefix of a pattern that can be meant for a name. */
const minPrefix = 2;

/** `files`: paths of files and folders of this installation, such as its policy, log and state. */
export class GuardedFiles {
  readonly #files: () => readonly string[];

  constructor(files: () => readonly string[]) {
    this.#files = files;
  }

  /** Whether the use of a tool names one of the files, a folder that contains one, or a program of the guard. */
  isNamedBy({ arguments: given }: Pick<ToolUse, 'arguments'>, workspace: string): boolean {
    const own = this.#files().map((path) => resolve(path));
    // A command runs in a folder, which may be above the files.
    const isCommand = Object.keys(given).some(isCommandMember);
    const isGuarded = (path: string) =>
      [...placesOf(path, workspace)].some((place) => isGuardedPlace(place, own, !isCommand));
    return namesIn(given).some(({ command, paths }) =>
      command === undefined ? paths.some(isGuarded) : isNamedIn(command, own),
    );
  }
}

/** `isAboveToo`: whether a folder counts that contains one of the files. */
function isGuardedPlace(path: string, own: readonly string[], isAboveToo: boolean): boolean {
  const names = path.split(/[/\\]/).map(folded);
  if (names.some((name) => folderNames.includes(name))) return true;
  if (fileNames.includes(names.at(-1) ?? '')) return true;
  const identity = identityOf(path);
  return own.some((file) => {
    if (identity !== undefined && identity === identityOf(file)) return true;
    return [file, realPlace(file)].some((guarded) => {
      const [place, name] = [folded(path), folded(guarded)];
      const isAbove = name.startsWith(place.endsWith(sep) ? place : `${place}${sep}`);
      return isNamedAfter(place, name) || (isAboveToo && isAbove);
    });
  });
}

/** Whether a path is that of a file, of one next to it that begins with its name, or of one below it. */
function isNamedAfter(path: string, file: string): boolean {
  return path.startsWith(file) && /^($|[-./])/.test(path.slice(file.length));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Identifies a file under all of its names; undefined: it does not exist, or cannot be read. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}

/** Without what some file system ignores: case, forms of characters, invisible ones, and dots and spaces at the end. */
function folded(name: string): string {
  const plain = name.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return plain
    .toUpperCase()
    .toLowerCase()
    .replace(/[. ]+$/, (end) => (end === plain ? end : ''));
}

/** Whether a command contains one of the names, or a pattern that matches one. */
function isNamedIn(command: string, own: readonly string[]): boolean {
  // The names of folders can be ordinary words, such as `bin`.
  const folders = own.filter(isFolder);
  const ownNames = own.filter((path) => !folders.includes(path)).map((path) => basename(path));
  const names = [...folderNames, ...fileNames, ...ownNames.map(folded)];
  const plain = command.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}|["'`\\]/gu, '');
  const lower = plain.toUpperCase().toLowerCase();
  if (folders.some((folder) => lower.includes(folded(folder)))) return true;
  return lower.split(/[\s$(){}<>;&|=,:!]+/).some((word) => {
    const segments = word.split('/');
    if (programNames.includes(segments.at(-1) ?? '')) return true;
    return segments.some((segment) =>
      names.some((name) => isNamedAfter(segment, name) || matchesPattern(segment, name)),
    );
  });
}

function matchesPattern(segment: string, name: string): boolean {
  const prefix = segment.search(/[*?[]/);
  if (prefix < minPrefix || !name.startsWith(segment.slice(0, prefix))) return false;
  const parts = segment.slice(prefix).split(/(\*|\?|\[[^\]]*\]?)/);
  const source = parts.map((part) => {
    if (part === '*') return '.*';
    if (part === '?' || part.startsWith('[')) return '.';
    return part.replace(/[^\w]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, 's').test(name.slice(prefix));
}
