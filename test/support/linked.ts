// The linked module of an IR, before it is assembled.

import { emit } from '../../compiler/emit/emit.ts';
import { type Linked, link } from '../../compiler/emit/link.ts';
import type { IrModule } from '../../compiler/ir/ir.ts';
import { plan } from '../../compiler/plan/plan.ts';

/** `manifest`: its bytes, for tests that do not read it an empty one. */
export function linked(ir: IrModule, manifest: Uint8Array = new Uint8Array()): Linked {
  return link(emit([{ ir, plan: plan(ir) }]), [manifest], () => '');
}
