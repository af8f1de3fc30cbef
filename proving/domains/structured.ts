// Lists of strings that are put together from the lists of the results of functions: for each combination of results,
// strings with these, so that any relation between results and other values exists.

import { readCidr, readIp } from '../../language/types/addresses.ts';
import { isSpiffeId } from '../../language/types/builtins/spiffe.ts';
import { type Monitor, spiffePathMonitor, trustDomainMonitor } from './monitors.ts';

/** More strings would make formulas too large. */
const maxStrings = 400;

/** The possible results by the names of the functions; a function that is not applied has none. */
export type Results = ReadonlyMap<string, readonly string[]>;

/** Tests that separate the results of a function from other strings. */
export function resultMonitor(name: string): readonly [string, Monitor] | undefined {
  if (name === 'trust_domain') return [name, trustDomainMonitor];
  if (name === 'path') return [name, spiffePathMonitor];
  return name === 'lower' ? [name, lowerMonitor] : undefined;
}

const lowerMonitor: Monitor = {
  cuts: [0x41, 0x5b],
  start: 0,
  next: (state, codePoint) => (codePoint >= 0x41 && codePoint < 0x5b ? 1 : state),
  label: (state) => state,
};

/** Strings with each combination of results, `count` of each other than constants; undefined: too many. */
export function structuredStrings(
  results: Results,
  count: number,
  constants: ReadonlySet<string>,
): readonly string[] | undefined {
  const [lower, ip, cidr] = ['lower', 'ip', 'cidr'].map((name) => results.get(name));
  const found =
    lower !== undefined
      ? lower.flatMap((each) => spellings(each, count, constants))
      : ip !== undefined
        ? ip.filter((each) => readIp(each) === each)
        : cidr !== undefined
          ? cidr.filter((each) => readCidr(each) === each)
          : spiffeIds(results, count, constants);
  return found.length > maxStrings ? undefined : found;
}

/** Strings with a given lower case. */
function spellings(text: string, count: number, constants: ReadonlySet<string>): readonly string[] {
  const characters = [...text];
  if (characters.some((each) => /[A-Z]/.test(each))) return [];
  const letters = characters.flatMap((each, index) => (/[a-z]/.test(each) ? [index] : []));
  const total = 2 ** Math.min(letters.length, 20);
  const found: string[] = [];
  for (let choice = 0; choice < total && found.length < count; choice += 1) {
    const isUpper = (index: number) => ((choice >> letters.indexOf(index)) & 1) === 1;
    const spelled = characters.map((each, index) =>
      letters.includes(index) && letters.indexOf(index) < 20 && isUpper(index)
        ? each.toUpperCase()
        : each,
    );
    if (!constants.has(spelled.join(''))) found.push(spelled.join(''));
  }
  return found;
}

function spiffeIds(
  results: Results,
  count: number,
  constants: ReadonlySet<string>,
): readonly string[] {
  const domains = results.get('trust_domain') ?? others(count, 'other-', '.example');
  const paths = results.get('path') ?? others(count + constants.size, '/other-', '');
  const valid = domains.filter(
    (domain) => isSpiffeId(`spiffe://${domain}`) && !domain.includes('/'),
  );
  return valid.flatMap((domain) => {
    const own = paths.filter((path) => path === '' || path.startsWith('/'));
    const ids = own.map((path) => `spiffe://${domain}${path}`).filter(isSpiffeId);
    const isBounded = !results.has('path');
    const fresh = ids.filter((each) => !constants.has(each));
    return isBounded ? fresh.slice(0, count) : fresh;
  });
}

function others(count: number, before: string, after: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${before}${index + 1}${after}`);
}
