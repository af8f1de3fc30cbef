// The linked module of a policy, before it is assembled.

import type { Description } from '@nhipol/compiler';
import type { PolicyModel } from '@nhipol/language/model';
import { emit } from '../../../compiler/emit/emit.ts';
import { type Linked, link } from '../../../compiler/emit/link.ts';
import type { IrModule } from '../../../compiler/ir/ir.ts';
import { describePolicy } from '../../../compiler/manifest/describe-policy.ts';
import { plan } from '../../../compiler/plan/plan.ts';

export interface LinkedPolicy extends Linked {
  /** The bytes of its data that describe responses. */
  readonly responseBytes: number;
}

/** `ir` and `description`: those of the policy. */
export function linkPolicy(
  policy: PolicyModel,
  ir: IrModule,
  description: Description = describePolicy(policy, ir),
): LinkedPolicy {
  const parts = emit([{ ir, plan: plan(ir), description }]);
  const responseBytes = parts.bodies.reduce((all, each) => all + each.responseBytes, 0);
  return { ...link(parts, () => ''), responseBytes };
}
