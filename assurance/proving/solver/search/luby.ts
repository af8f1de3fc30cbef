/** The sequence 1, 1, 2, 1, 1, 2, 4, … (Luby, Sinclair and Zuckerman, 1993). */
export function computeLuby(index: number): number {
  let power = 1;
  while (2 ** power - 1 < index + 1) power += 1;
  if (2 ** power - 1 === index + 1) return 2 ** (power - 1);
  return computeLuby(index - 2 ** (power - 1) + 1);
}
