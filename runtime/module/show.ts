// Instants and durations as answers write them, the same in every host.

/** Milliseconds as seconds, in their shortest form: `1.5`. */
export function showSeconds(milliseconds: bigint): string {
  const digits = String(milliseconds < 0n ? -milliseconds : milliseconds).padStart(4, '0');
  const fraction = digits.slice(-3).replace(/0+$/, '');
  const whole = `${milliseconds < 0n ? '-' : ''}${digits.slice(0, -3)}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** The first and the last instant that RFC 3339 can write, in milliseconds since the epoch. */
const firstInstant = -62_167_219_200_000n;
const lastInstant = 253_402_300_799_999n;

/** RFC 3339 with milliseconds, in UTC. */
export function showInstant(milliseconds: bigint | number): string {
  return milliseconds < firstInstant || milliseconds > lastInstant
    ? `${milliseconds}ms`
    : new Date(Number(milliseconds)).toISOString();
}
