// How the names of members, and the functions around them, say what a string is: a path, a URL, or a command.

import type { Expr } from '../../model/model.ts';
import { unwrapBinding } from '../../model/operands.ts';
import type { BuiltinName } from '../../types/builtins/names.ts';

export const isPath = (name: string) =>
  /^(?:.*_)?(?:path|file|filename|folder|directory|dir|destination|target_path)$/i.test(name);
export const isUrl = (name: string) => /^(?:.*_)?(?:url|uri|link|href|endpoint)$/i.test(name);
export const isHost = (name: string) =>
  /^(?:.*_)?(?:host|hostname|domain|server|fqdn)$/i.test(name);
export const isCommand = (name: string) =>
  /^(?:.*_)?(?:command|command_line|cmd|shell|script)$/i.test(name);

export const isQuery = (name: string) => /^(?:.*_)?(?:sql|query|statement)$/i.test(name);
/** The name of a tool or a program, without its arguments. */
export const isProgram = (name: string) =>
  /^(?:.*_)?(?:tool|tool_name|program|executable|binary|function_name|operation)$/i.test(name);
/** The address of a recipient or a sender. */
export const isMail = (name: string) =>
  /^(?:.*_)?(?:to|cc|bcc|recipients?|e?mail|address|email_address|sender|from)$/i.test(name);

/** Whether the string passes through a function, such as `normal_path` or `lower`. */
export const hasCall = (expr: Expr, name: BuiltinName): boolean => {
  const inner = unwrapBinding(expr);
  if (inner.kind !== 'Apply') return false;
  return inner.builtin.name === name || inner.args.some((arg) => hasCall(arg, name));
};
