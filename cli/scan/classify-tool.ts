// Decides which rules a tool gets: by what the person who scans says, by what its server states, and by its name. A tool
// is permitted only if somebody states that it reads and stays inside; names alone never permit one.

import type { ScannedTool } from './scanned-tool.ts';

/**
 * - `read`: reads, and reaches nothing outside: permitted.
 * - `exit`: reads, but its arguments may carry data out: challenged.
 * - `write`: changes something: challenged.
 * - `guess`: seems to read, by its name: challenged.
 * - `marked`: its description has hidden characters or instructions to a model: challenged.
 * - `unclassified`: denied.
 */
export const toolKinds = ['read', 'exit', 'write', 'guess', 'marked', 'unclassified'] as const;
export type ToolKind = (typeof toolKinds)[number];

/** Patterns of the names of tools, in which `*` stands for any characters. */
export interface ToolChoices {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/**
 * A hint counts only if the server states it, except that a tool reaches the outside unless the server states that it does not
 * (MCP 2025-11-25, ToolAnnotations). What a server states to write is never permitted.
 */
export function classifyTool(
  { name, annotations, marks }: ScannedTool,
  { reads, writes }: ToolChoices,
): ToolKind {
  const { readOnlyHint, openWorldHint } = annotations;
  if (readOnlyHint === false || matchesAny(name, writes)) return 'write';
  if (reads.includes(name)) return 'read';
  if (marks.length > 0) return 'marked';
  if (matchesAny(name, reads)) return 'read';
  if (readOnlyHint === true) return openWorldHint === false ? 'read' : 'exit';
  return classifyName(name);
}

/** Whether the name matches one of the patterns. */
export function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const source = pattern.split('*').map((part) => part.replace(/[^\w]/g, '\\$&'));
    return new RegExp(`^${source.join('.*')}$`, 'su').test(name);
  });
}

const readVerbs: ReadonlySet<string> = new Set([
  'browse',
  'check',
  'compare',
  'count',
  'describe',
  'diff',
  'fetch',
  'find',
  'get',
  'has',
  'inspect',
  'is',
  'list',
  'lookup',
  'peek',
  'preview',
  'query',
  'read',
  'resolve',
  'retrieve',
  'search',
  'show',
  'stat',
  'status',
  'summarize',
  'view',
  'watch',
]);

const writeVerbs: ReadonlySet<string> = new Set([
  'accept',
  'add',
  'append',
  'apply',
  'approve',
  'archive',
  'assign',
  'book',
  'buy',
  'cancel',
  'clear',
  'close',
  'comment',
  'commit',
  'confirm',
  'copy',
  'create',
  'delete',
  'deploy',
  'disable',
  'download',
  'drop',
  'edit',
  'enable',
  'exec',
  'execute',
  'export',
  'grant',
  'import',
  'insert',
  'install',
  'invite',
  'kill',
  'lock',
  'mark',
  'merge',
  'modify',
  'move',
  'order',
  'patch',
  'pay',
  'post',
  'publish',
  'purchase',
  'push',
  'put',
  'reboot',
  'reject',
  'release',
  'remove',
  'rename',
  'replace',
  'reply',
  'reschedule',
  'reserve',
  'reset',
  'restart',
  'restore',
  'revoke',
  'run',
  'save',
  'schedule',
  'send',
  'set',
  'share',
  'start',
  'stop',
  'submit',
  'sync',
  'transfer',
  'trigger',
  'uninstall',
  'unlock',
  'update',
  'upload',
  'upsert',
  'write',
]);

/** A verb of writing anywhere in the name counts; a verb of reading counts at its beginning, or after one word. */
function classifyName(name: string): ToolKind {
  const words = splitName(name);
  if (words.some((word) => writeVerbs.has(word))) return 'write';
  return words.slice(0, 2).some((word) => readVerbs.has(word)) ? 'guess' : 'unclassified';
}

/** `github_createIssue` becomes `github`, `create`, `issue`. */
function splitName(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((each) => each !== '')
    .map((each) => each.toLowerCase());
}
