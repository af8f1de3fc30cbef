// Windows and calendar fields in generated programs: zones with whole and half hours, midnights that are
// skipped or repeated, and comparisons of each kind.

import { print } from '@nhipol/language/format';
import fc from 'fast-check';
import { windowArbitrary } from '../arbitraries/window-arbitrary.ts';
import type { Draw, Pick } from './draw.ts';
import type { Kind } from './kinds.ts';

interface Windows {
  readonly names: readonly string[];
  readonly text: string;
}

export const fixedWindows: Windows = {
  names: ['office', 'nights', 'islands', 'midnights', 'always', 'mostly', 'winters', 'holidays'],
  text: `window office = Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2026-03-03, 2026-12-24..2027-01-01
window nights = 22:00..06:00, Sat..Sun 12:00..14:30 in "America/New_York" except 2026-03-02
window islands = 2nd Tue 00:00..24:00, last Fri 18:00..06:00, 3rd Sun 01:30..02:00 in "Australia/Lord_Howe"
window midnights = 00:00..01:00, 23:00..24:00 in "Asia/Beirut"
window always = 00:00..24:00 in "Pacific/Apia" except 2011-12-29..2011-12-31, 2026-03-03
window winters = Sat..Mon 23:00..01:00, Thu 10:00..10:30 during 29 Feb..3 Mar, 24 Dec..2 Jan in "Europe/Berlin"
window holidays = during 18 Dec..4 Jan, 1 Mar..2 Mar in "UTC" except 2026-03-02, 2027-01-01
window mostly = 00:00..24:00 in "UTC" except 2026-03-20..2026-03-22, 2104-02-29
`,
};

const drawnZones = fc.constantFrom('Europe/Berlin', 'America/Havana', 'Asia/Kathmandu', 'UTC');
const createWindowArbitrary = () => windowArbitrary(drawnZones, fc.constant('drawn'));

export function drawWindows(draw: Draw): Windows {
  if (!draw.once(3)) return { names: [], text: '' };
  const window = draw.from(createWindowArbitrary);
  const file = { kind: 'File', items: [window], span: window.span } as const;
  return { names: ['drawn'], text: print(file) };
}

const zones = ['"Europe/Berlin"', '"Asia/Kathmandu"', '"America/Havana"'];
const weekdays = ['Mon', 'Tue', 'Wed', 'Fri', 'Sun'];
const operators = ['is', 'is not', '<', '<=', '>', '>='];
const times = ['09:00', '00:00', '11:00', '15:45:30', '24:00', '5m'];

export function windowCondition(
  pick: Pick,
  of: (kind: Kind) => string,
  windows: readonly string[],
): string {
  const clock = () =>
    pick([
      () => 'context.time',
      () => 'context.time',
      () => `context.time ${pick(['+', '-'])} ${of('Duration')}`,
    ])();
  const instant = () => pick([clock, clock, () => of('Timestamp')])();
  const weekday = () => `weekday(${instant()}, ${pick(zones)})`;
  const time = () => `time_of_day(${instant()}, ${pick(zones)})`;
  return pick([
    () => `(${instant()} ${pick(['in', 'not in'])} ${pick(windows)})`,
    () => `(${instant()} ${pick(['in', 'in', 'not in'])} ${pick(windows)})`,
    () => `(${weekday()} ${pick(operators)} ${pick(weekdays)})`,
    () => `(${pick(weekdays)} ${pick(operators)} ${weekday()})`,
    () => `(${weekday()} ${pick(['in', 'not in'])} { ${pick(weekdays)}, ${pick(weekdays)} })`,
    () => `(${time()} ${pick(operators)} ${pick(times)})`,
    () => `(${pick(times)} ${pick(operators)} ${time()})`,
    () => `(time_of_day(${of('Timestamp')}, ${pick(zones)}) < ${of('Duration')})`,
    () => `known(${pick([weekday, time])()})`,
    () => `known(${instant()} in ${pick(windows)})`,
  ])();
}
