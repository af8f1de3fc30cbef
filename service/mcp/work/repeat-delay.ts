// The delay before the guard sends again what a server did not take: it doubles from the least to the longest, in milliseconds.

export const minRepeatDelay = 1_000;
const maxRepeatDelay = 600_000;

export function repeatDelay(attempts: number): number {
  return Math.min(minRepeatDelay * 2 ** (attempts - 1), maxRepeatDelay);
}
