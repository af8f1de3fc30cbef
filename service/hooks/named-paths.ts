// The paths that the use of a tool names: as they are written, and where they lead when symbolic links are followed. The
// system may follow other links later: what a path leads to is known for the moment of the decision only.

import { readlinkSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMembers, type Members } from '../json/members.ts';

/** Members of arguments with a command of a shell, or with a patch. */
const commandMembers: ReadonlySet<string> = new Set(['command', 'cmd', 'script']);
/** Members of arguments with texts, which are not paths. */
const textMembers: ReadonlySet<string> = new Set([
  ...['content', 'new_string', 'old_string', 'description', 'pattern', 'prompt', 'query'],
]);
/** The longest path that a system accepts. */
const maxPathLength = 4_096;
/** How many links to files that do not exist are followed. */
const maxLinks = 40;

/** A string of arguments that may name files. */
export interface Naming {
  /** A command of a shell, which can name any file in any way; undefined: the string is not one. */
  readonly command?: string;
  readonly paths: readonly string[];
}

export function isCommandMember(member: string): boolean {
  return commandMembers.has(member);
}

/** What names files in arguments: texts, such as the content of a file, do not. */
export function namesIn(given: Members): readonly Naming[] {
  return stringsIn(given).flatMap(({ member, text }): readonly Naming[] => {
    if (textMembers.has(member)) return [];
    if (!isCommandMember(member)) return [{ paths: pathsIn(text) }];
    const headers = patchHeaders(text);
    return [headers === undefined ? { command: text, paths: [] } : { paths: headers }];
  });
}

/**
 * Where the paths lead that arguments name, when links are followed. A path in the real folder of the workspace is written as one
 * in the workspace, which may be below a link.
 */
export function realPathsIn(given: Members, workspace: string): readonly string[] {
  const realWorkspace = realPlace(workspace);
  const places = namesIn(given).flatMap(({ paths }) =>
    paths.flatMap((path) => [...realPlacesOf(path, workspace)]),
  );
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

function stringsIn(value: unknown, member = ''): readonly GivenString[] {
  if (typeof value === 'string') return [{ member, text: value }];
  if (Array.isArray(value)) return value.flatMap((each) => stringsIn(each, member));
  if (!isMembers(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => stringsIn(each, name));
}

function pathsIn(text: string): readonly string[] {
  if (text === '' || text.length > maxPathLength || /[\n\r\0]/.test(text)) return [];
  if (!/^file:/i.test(text)) return [text];
  try {
    return [text, fileURLToPath(text)];
  } catch {
    return [text];
  }
}

/** The paths of a patch for `apply_patch`; undefined: the text is not one. */
function patchHeaders(text: string): readonly string[] | undefined {
  if (!/^\s*\*\*\* Begin Patch/.test(text)) return undefined;
  return text.split(/\r\n|[\n\r\u2028\u2029]/).flatMap((line) => {
    const header = /^\s*\*\*\*\s*(?:(?:Add|Update|Delete)\s+File|Move\s+to)\s*:(.*)$/i.exec(line);
    return header === null ? [] : pathsIn((header[1] ?? '').trim());
  });
}

/** The absolute paths that a program may mean: as it is written, and with links followed, before and after `..`. */
export function placesOf(path: string, workspace: string): ReadonlySet<string> {
  return new Set([resolve(absolute(path, workspace)), ...realPlacesOf(path, workspace)]);
}

/** With links followed, before and after `..`. */
function realPlacesOf(path: string, workspace: string): ReadonlySet<string> {
  const raw = absolute(path, workspace);
  return new Set([realPlace(resolve(raw)), realPlace(raw)]);
}

function absolute(path: string, workspace: string): string {
  const expanded = /^~(?=$|[/\\])/.test(path) ? `${homedir()}${path.slice(1)}` : path;
  return isAbsolute(expanded) ? expanded : `${workspace}${sep}${expanded}`;
}

/**
 * The real path of the nearest folder that exists, followed by the rest. A link to a file that does not exist is followed, too:
 * writing creates this file.
 */
export function realPlace(path: string, links = maxLinks): string {
  try {
    return realpathSync.native(path);
  } catch {
    const target = links === 0 ? undefined : targetOf(path);
    if (target !== undefined) return realPlace(target, links - 1);
    const above = dirname(path);
    return above === path ? path : join(realPlace(above, links), basename(path));
  }
}

/** Where a symbolic link leads; undefined: the path is not one. */
function targetOf(path: string): string | undefined {
  try {
    return resolve(realPlace(dirname(path)), readlinkSync(path));
  } catch {
    return undefined;
  }
}
