// The names of builtins. Each stage has a table with an entry for each of them, so that a builtin which a stage does not know
// is a type error.

/** Builtins as a policy writes them; `negate` is the unary minus. */
export type WrittenBuiltin =
  | ('+' | '-' | '*' | '/' | 'negate' | 'decimal')
  | ('in' | 'not in' | 'within' | 'not within' | 'intersects')
  | ('union' | 'intersect' | 'minus' | 'size')
  | ('starts_with' | 'ends_with' | 'contains' | 'lower' | 'length' | 'matches')
  | ('spiffe' | 'trust_domain' | 'path')
  | ('under' | 'normal_path')
  | ('ip' | 'cidr' | 'version' | 'prefix_length')
  | ('int' | 'quantity');

/** Builtins that the checker inserts; a policy cannot write their names. */
type InsertedBuiltin = 'interpolate' | 'text of' | 'non-empty' | 'segment of' | 'root segment of';

export type BuiltinName = WrittenBuiltin | InsertedBuiltin;
