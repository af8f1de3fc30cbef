// Up to where something was processed, such as a log that is sent elsewhere, by name.

export interface Positions {
  /** Returns `undefined` if none is stored under this name. */
  readonly position: (name: string) => string | undefined;
  readonly setPosition: (name: string, position: string) => void;
}
