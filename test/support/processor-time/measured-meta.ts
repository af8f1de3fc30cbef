/** The `meta` of a test file with the addition of measure.ts. */
export interface MeasuredMeta {
  processorSeconds?: number;
}
