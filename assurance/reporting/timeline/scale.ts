// Chooses the ticks of a time axis: round instants, at most a given number.

import { formatInstant } from '@nhipol/language/types';

const second = 1_000n;
const minute = 60n * second;
const hour = 60n * minute;
const day = 24n * hour;

const steps: readonly bigint[] = [
  1n,
  10n,
  100n,
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((count) => count * second),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((count) => count * minute),
  ...[1n, 2n, 3n, 6n, 12n].map((count) => count * hour),
  ...[1n, 2n, 7n, 14n, 30n, 90n, 365n].map((count) => count * day),
];

/** Returns at most `max` + 1 ticks. Labels are in UTC and contain the date if there are several days. */
export function chooseTicks(
  from: bigint,
  until: bigint,
  max: number,
): readonly { readonly instant: bigint; readonly label: string }[] {
  const length = until - from;
  const step = steps.find((each) => length / each < BigInt(max)) ?? length / BigInt(max);
  const days = formatInstant(from).slice(0, 10) !== formatInstant(until).slice(0, 10);
  const ticks: { instant: bigint; label: string }[] = [];
  for (let instant = roundUpToStep(from, step); instant <= until; instant += step) {
    ticks.push({ instant, label: formatLabel(instant, step, days) });
  }
  return ticks;
}

function roundUpToStep(from: bigint, step: bigint): bigint {
  const rest = ((from % step) + step) % step;
  return rest === 0n ? from : from + step - rest;
}

function formatLabel(instant: bigint, step: bigint, days: boolean): string {
  const text = formatInstant(instant);
  if (step >= day) return text.slice(0, 10);
  const clock = text.slice(11, step >= minute ? 16 : step >= second ? 19 : 23);
  return days ? `${text.slice(5, 10)} ${clock}` : clock;
}
