// How the names of members, and the functions around them, say what a string is: a path, a URL, or a command.

import type { Expr } from '../model/model.ts';
import { throughNames } from './places.ts';

export const isPath = (name: string) =>
  /^(?:.*_)?(?:path|file|filename|folder|directory|dir|destination|target_path)$/i.test(name);
export const isUrl = (name: string) => /^(?:.*_)?(?:url|uri|link|href|endpoint)$/i.test(name);
export const isCommand = (name: string) =>
  /^(?:.*_)?(?:command|cmd|shell|script|sql|query|statement)$/i.test(name);

/** Whether the string passes through a function, such as `normal_path` or `lower`. */
export const isThrough = (expr: Expr, name: string): boolean => {
  const inner = throughNames(expr);
  if (inner.kind !== 'Apply') return false;
  return inner.builtin.name === name || inner.args.some((arg) => isThrough(arg, name));
};
