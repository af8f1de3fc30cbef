// Checks the declaration of the call digest in the context.

import { digestMember } from '@nhipol/runtime/call-digest';
import { proposeReplacement } from '../../diagnostics/fix.ts';
import type { RecordType } from '../../types/types.ts';
import type { Context } from '../context.ts';
import { findMemberNode } from './declared-time.ts';

const declaration = `${digestMember}?: String`;

/** The digest must be optional, because some calls have none. */
export function checkCallDigest(context: Context, shape: RecordType | undefined): void {
  const digest = shape?.members.get(digestMember);
  if (digest === undefined || (digest.type.kind === 'String' && digest.optional)) return;
  const written = findMemberNode(context, digest);
  const fix = written && proposeReplacement(written.span, declaration);
  context.reporter.report('bad-call-digest', digest.span, {}, { fix });
}
