// Runs a stage of a door's work, and may measure it: whoever calls the door has a clock, and this floor
// has none. A stage may run within another.

export type Measure = <T>(stage: string, run: () => T) => T;

export const unmeasured: Measure = (_, run) => run();
