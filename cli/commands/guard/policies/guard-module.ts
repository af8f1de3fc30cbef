// The module of a guard or a service.

export interface GuardModule {
  readonly module: Uint8Array;
  /** The constraints that limit a member of the request: the module compares them. Unknown for a compiled policy. */
  readonly limits: readonly string[];
}

/** The parts of a module that a guard needs besides decisions. */
export const guardParts = { sessions: true, possible: true } as const;
