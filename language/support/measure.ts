// Runs a stage of a larger task and may measure it. The caller supplies the clock, since this layer has
// none. Stages can be nested.

export type Measure = <T>(stage: string, run: () => T) => T;

export const skipMeasure: Measure = (_, run) => run();
