// Checks the declaration of the instant of evaluation in the context, and suggests one where it is
// missing.

import { type Fix, proposeInsertion, proposeReplacement } from '../../diagnostics/fix.ts';
import type { Member, RecordType } from '../../types/types.ts';
import type { Context } from '../context.ts';

const declaration = 'time: Timestamp';

/** Inserts the declaration as the first member, if there is a `context`. */
export function addTimeDeclaration(context: Context): Fix | undefined {
  const type = listContextTypes(context)[0];
  if (type === undefined) return undefined;
  const text = type.members.length === 0 ? ` ${declaration} ` : ` ${declaration},`;
  return proposeInsertion(type.span.file, type.span.start + 1, text, `declare \`${declaration}\``);
}

export function checkTime(context: Context, shape: RecordType | undefined): void {
  const time = shape?.members.get('time');
  if (time === undefined) return;
  const plain = time.type.kind === 'Timestamp' && !time.type.inSeconds && !time.optional;
  if (plain && time.default === undefined && !time.secret) return;
  const written = findMemberNode(context, time);
  const isInstant = time.type.kind === 'Timestamp' && !time.type.inSeconds;
  const fix = written && isInstant ? proposeReplacement(written.span, declaration) : undefined;
  context.reporter.report('bad-time', time.span, {}, { fix });
}

/** The syntax node of a member of the policy's `context`. */
export function findMemberNode(context: Context, { span }: Member) {
  return listContextTypes(context)
    .flatMap(({ members }) => members)
    .find(({ name }) => name.span.start === span.start);
}

function listContextTypes(context: Context) {
  return [...context.files.values()]
    .filter(({ included }) => included)
    .flatMap(({ node }) =>
      node.items.flatMap((item) =>
        item.kind === 'Context' && item.scope === undefined ? [item.type] : [],
      ),
    );
}
