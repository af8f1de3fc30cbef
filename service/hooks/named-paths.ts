// The paths that the use of a tool names: as they are written, and where they lead when symbolic links are followed. The
// system may follow other links later: what a path leads to is known for the moment of the decision only.

import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMembers } from '../json/members.ts';
import type { ToolUse } from './agents/agent.ts';

/** Members of arguments with a command of a shell, or with a patch. */
const commandMembers: ReadonlySet<string> = new Set(['command', 'cmd', 'script']);
/** Members of arguments with texts, which are not paths. */
const textMembers: ReadonlySet<string> = new Set([
  'content',
  'new_string',
  'old_string',
  'description',
  'pattern',
  'prompt',
  'query',
]);
/** The longest path that a system accepts. */
const maxPathLength = 4_096;
/** The tool whose command is a patch. */
const patchTool = 'apply_patch';
/** How many links of a path are followed, as by Linux. */
const maxLinks = 40;
/** How many different strings, and how long ones in all, are examined: each part of a path requires a call of the system. */
const maxNamings = 1_000;
const maxNamingLength = 65_536;

/** The use of a tool, as far as it names files. */
export type NamingUse = Pick<ToolUse, 'tool' | 'arguments'>;

/** A string of arguments that may name files. */
export interface Naming {
  /** A command of a shell, which can name any file in any way, or `undefined` if the string is not one. */
  readonly command?: string;
  readonly paths: readonly string[];
}

export function isCommandMember(member: string): boolean {
  return commandMembers.has(member);
}

/** The strings in arguments that may name files. Texts, such as the content of a file, do not. */
export function listNamings({ tool, arguments: given }: NamingUse): readonly Naming[] {
  return collectStrings(given).flatMap(({ member, text }): readonly Naming[] => {
    if (textMembers.has(member)) return [];
    if (!isCommandMember(member)) return [{ paths: listPaths(text) }];
    // A shell runs the lines of a patch, too.
    const headers = tool === patchTool ? patchHeaders(text) : undefined;
    return [headers === undefined ? { command: text, paths: [] } : { paths: headers }];
  });
}

/**
 * The different paths that arguments name, or `undefined` if there are more than can be examined in a few milliseconds.
 */
export function listNamedPaths(namings: readonly Naming[]): readonly string[] | undefined {
  const paths = new Set(namings.flatMap((naming) => naming.paths));
  const length = [...paths].reduce((sum, path) => sum + path.length, 0);
  return paths.size > maxNamings || length > maxNamingLength ? undefined : [...paths];
}

/**
 * Where the paths lead that arguments name, when links are followed, or `undefined` if there are too many. A path in
 * the real folder of the workspace is written as one in the workspace, which may be below a link.
 */
export function listRealPaths(use: NamingUse, workspace: string): readonly string[] | undefined {
  const paths = listNamedPaths(listNamings(use));
  if (paths === undefined) return undefined;
  const realWorkspace = resolveRealPlace(workspace);
  const places = paths.flatMap((path) => [...listRealPlaces(path, workspace)]);
  const named = places.map((place) => {
    const rest = relative(realWorkspace, place);
    const isOutside = rest === '..' || rest.startsWith(`..${sep}`) || isAbsolute(rest);
    return isOutside ? place : join(workspace, rest);
  });
  return [...new Set(named)].sort();
}

interface GivenString {
  /** The name of the member that has the string, or a list with it. */
  readonly member: string;
  readonly text: string;
}

function collectStrings(value: unknown, member = ''): readonly GivenString[] {
  if (typeof value === 'string') return [{ member, text: value }];
  if (Array.isArray(value)) return value.flatMap((each) => collectStrings(each, member));
  if (!isMembers(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => collectStrings(each, name));
}

/** A text as a path, and as agents read it that leave something out. */
function listPaths(text: string): readonly string[] {
  if (text === '' || text.length > maxPathLength) return [];
  const read = text.replaceAll('\0', '').trim().replace(/^@/, '');
  const paths = [text, read].filter((path) => path !== '' && !path.includes('\0'));
  if (!/^file:/i.test(read)) return paths;
  try {
    return [...paths, fileURLToPath(read)];
  } catch {
    return paths;
  }
}

/** The paths of a patch for `apply_patch`, or `undefined` if the text is not one. */
function patchHeaders(text: string): readonly string[] | undefined {
  if (!/^\s*\*\*\* Begin Patch/.test(text)) return undefined;
  return text.split(/\r\n|[\n\r\u2028\u2029]/).flatMap((line) => {
    const header = /^\s*\*\*\*\s*(?:(?:Add|Update|Delete)\s+File|Move\s+to)\s*:(.*)$/i.exec(line);
    return header === null ? [] : listPaths((header[1] ?? '').trim());
  });
}

/** The absolute paths that a program may mean: as it is written, and with links followed, before and after `..`. */
export function listPlaces(path: string, workspace: string): ReadonlySet<string> {
  return new Set([resolve(resolveAbsolute(path, workspace)), ...listRealPlaces(path, workspace)]);
}

/** With links followed, before and after `..`. */
function listRealPlaces(path: string, workspace: string): ReadonlySet<string> {
  const raw = resolveAbsolute(path, workspace);
  return new Set([resolveRealPlace(resolve(raw)), resolveRealPlace(raw)]);
}

function resolveAbsolute(path: string, workspace: string): string {
  const expanded = /^~(?=$|[/\\])/.test(path) ? `${homedir()}${path.slice(1)}` : path;
  return isAbsolute(expanded) ? expanded : `${workspace}${sep}${expanded}`;
}

/**
 * The real path of the nearest folder that exists, followed by the rest. A link to a file that does not exist is followed, too:
 * writing creates this file. Asks the file system once for each part of the path that exists.
 */
export function resolveRealPlace(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return followLinks(path, { links: maxLinks });
  }
}

/** `left`: what may still be done; shared with the links of the path. */
function followLinks(path: string, left: { links: number }): string {
  const { root } = parse(path);
  const parts = path.slice(root.length).split(sep);
  let place = root;
  let isThere = true;
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      place = dirname(place);
      continue;
    }
    const next = join(place, part);
    const target: string = isThere && left.links > 0 ? readTarget(place, next) : 'missing';
    isThere = target !== 'missing';
    if (target === 'missing' || target === 'file') {
      place = next;
    } else {
      left.links -= 1;
      place = followLinks(target, left);
    }
  }
  return place;
}

/** Where a symbolic link leads, `file` for anything else, `missing` if there is nothing. */
function readTarget(folder: string, path: string): string {
  try {
    if (!lstatSync(path).isSymbolicLink()) return 'file';
    return resolve(folder, readlinkSync(path));
  } catch {
    return 'missing';
  }
}
