// Durations for people.

/** Formats milliseconds as seconds, such as `1.4 s`. */
export function formatElapsed(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
