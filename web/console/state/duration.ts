// Durations as people read them.

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];

/** `4 min 12 s`, from milliseconds. */
export function displayDuration(duration: number): string {
  if (duration < minute) return `${Math.max(0, Math.ceil(duration / second))} s`;
  if (duration < hour) return formatUnits(duration, [minute, 'min'], [second, 's']);
  if (duration < day) return formatUnits(duration, [hour, 'h'], [minute, 'min']);
  return formatUnits(duration, [day, 'd'], [hour, 'h']);
}

type Unit = readonly [length: number, name: string];

function formatUnits(duration: number, [length, name]: Unit, [smaller, smallerName]: Unit): string {
  const rest = Math.floor((duration % length) / smaller);
  const whole = `${Math.floor(duration / length)} ${name}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallerName}`;
}
