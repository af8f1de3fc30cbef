// The possibility form of the policy's rules. The compiler replaces this file; these functions are those of a policy
// without rules.

/** Decides the atoms. */
export function prepare(): void {}

/** Evaluates the facts, of which absent members are open; `invalid`: the request has a fault. */
export function judge(invalid: bool): void {}
