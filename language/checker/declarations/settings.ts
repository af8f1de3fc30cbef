// Checks names with values in braces: each can be set once.

import { proposeRemoval } from '../../diagnostics/fix.ts';
import type { SettingNode } from '../../syntax/ast.ts';
import type { Context } from '../context.ts';
import { readSpan } from '../written.ts';

/** Offers to remove the second one if both have the same value. */
export function reportSetTwice(
  context: Context,
  second: SettingNode,
  settings: readonly SettingNode[],
): void {
  const { text: name } = second.name;
  const first = settings.find((setting) => setting.name.text === name);
  const before = settings[settings.indexOf(second) - 1];
  const readSource = (setting: SettingNode) => readSpan(context, setting.value.span);
  const redundant =
    before !== undefined && first !== undefined && readSource(first) === readSource(second);
  context.reporter.report(
    'duplicate-setting',
    second.name.span,
    { name },
    {
      related: first ? [{ span: first.name.span, message: 'first set here' }] : [],
      fix: redundant
        ? proposeRemoval(
            { ...second.span, start: before.span.end },
            `remove the second \`${name}\``,
          )
        : undefined,
    },
  );
}
