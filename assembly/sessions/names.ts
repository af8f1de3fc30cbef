// Names in the data of a policy.

/** A row of a list of names. */
@unmanaged
export class Name {
  pointer!: u32;
  length!: i32;
}

/** A row of the table of reasons of revokes. */
@unmanaged
export class RevokeName {
  /** The index of the reason. */
  reason!: u32;
  /** The name, as in `Name`. */
  pointer!: u32;
  length!: i32;
}
