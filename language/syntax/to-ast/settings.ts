// Converts names and values in braces: constraints, and members of obligations.

import type { SettingNode } from '../ast.ts';
import type { SettingsCstNode } from '../cst.generated.ts';
import { getNodeSpan, type ParsedSource, readCommaList, requirePart, toName } from './cst.ts';
import { toExpr, toInterpolated } from './expressions.ts';

/** Converts settings; `interpolates`: values may be strings with placeholders. */
export function toSettings(
  source: ParsedSource,
  node: SettingsCstNode,
  interpolates = false,
): readonly SettingNode[] {
  const to = interpolates ? toInterpolated : toExpr;
  const { setting: list, Comma } = node.children;
  return readCommaList(source, list, Comma).map((setting) => ({
    kind: 'Setting',
    span: getNodeSpan(source, setting),
    name: toName(source, requirePart(setting.children.Word)),
    value: to(source, requirePart(setting.children.expression)),
  }));
}
