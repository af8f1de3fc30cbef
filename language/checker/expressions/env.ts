// The environment of an expression: the values that it can read, and the names that are bound around it.

import type { Binding, Variable } from '../../model/model.ts';
import type { ScopeView } from '../declarations/shapes.ts';

/** A name that is bound in a rule or function: to a value, or to an element or parameter. */
export type Local = Binding | Variable;

/** The environment of an expression. */
export interface Env {
  readonly view: ScopeView;
  /** A name is bound to `undefined` if the error of its value has been reported. */
  readonly locals: ReadonlyMap<string, Local | undefined>;
  readonly hasContext: boolean;
  /** A constant is expected, and no request can be read. */
  readonly outside?: boolean;
  /** Outside of groups: only the members of every request can be read. */
  readonly everywhere?: boolean;
  readonly hasTime: boolean;
}
