/** A row of `docs/attacks.md`: what somebody tries, and what happens. Both are Markdown, without a full stop. */
export interface AttackRow {
  readonly attack: string;
  readonly result: string;
}

export type AttackRows = Readonly<Record<string, AttackRow>>;
