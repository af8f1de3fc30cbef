// Instants, durations and Decimals as messages print them, and exact integers, the same in every host.

const units = [
  ['d', 86_400_000n],
  ['h', 3_600_000n],
  ['m', 60_000n],
  ['s', 1_000n],
] as const;

/** A duration as a literal: `5m`, `1500ms`. */
export function showDuration(milliseconds: bigint): string {
  if (milliseconds === 0n) return '0s';
  const unit = units.find(([, size]) => milliseconds % size === 0n);
  return unit === undefined ? `${milliseconds}ms` : `${milliseconds / unit[1]}${unit[0]}`;
}

/** A Decimal's millionths in their shortest form: `12.5`, `12`. */
export function showDecimal(millionths: bigint): string {
  const digits = String(millionths < 0n ? -millionths : millionths).padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  const whole = `${millionths < 0n ? '-' : ''}${digits.slice(0, -6)}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** The first and the last instant that RFC 3339 can write, in milliseconds since the epoch. */
const firstInstant = -62_167_219_200_000n;
const lastInstant = 253_402_300_799_999n;

/** RFC 3339 with milliseconds, in UTC. */
export function formatInstant(milliseconds: bigint | number): string {
  return milliseconds < firstInstant || milliseconds > lastInstant
    ? `${milliseconds}ms`
    : new Date(Number(milliseconds)).toISOString();
}

/** A number if it is exact, otherwise a bigint. */
export function exactNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
