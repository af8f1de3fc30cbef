// Parses SPIFFE ID patterns: an exact trust domain, and a path whose segments may contain `*`, with `**` for
// whole segments. A pattern that cannot match a SPIFFE ID (SPIFFE-ID §2) is not valid.

import { readCodePoint } from '../cursor.ts';
import { refuse } from '../problem.ts';
import { makeLiteralTree, makeRepeatTree, makeSequenceTree, type PatternTree } from '../tree.ts';
import { makeSingleCodePoint } from '../unicode/code-points.ts';
import {
  type GlobSegment,
  joinSegments,
  listSegmentCharacters,
  makePartSequence,
  matchExactly,
  matchWildcard,
  rest,
} from './segments.ts';

const scheme = 'spiffe://';
export const spiffeSeparator = '/';
const separator = readCodePoint(spiffeSeparator);

export function parseSpiffePattern(text: string): PatternTree {
  if (!text.startsWith(scheme)) {
    const why = `a SPIFFE ID begins with \`${scheme}\``;
    refuse('bad-pattern', 0, Math.min(text.length, scheme.length), why);
  }
  const [domain = '', ...path] = text.slice(scheme.length).split(spiffeSeparator);
  checkDomain(domain);
  const head = toLiteralTrees(`${scheme}${domain}`);
  if (path.length === 0) return makeSequenceTree(head);
  let start = scheme.length + domain.length + 1;
  const segments = path.map((segment) => {
    const read = readSegment(segment, start);
    start += segment.length + 1;
    return read;
  });
  return makeSequenceTree([
    ...head,
    makeLiteralTree(makeSingleCodePoint(separator)),
    joinSegments(segments, separator, { rooted: false }),
  ]);
}

function toLiteralTrees(text: string): readonly PatternTree[] {
  return [...text].map((character) =>
    makeLiteralTree(makeSingleCodePoint(readCodePoint(character))),
  );
}

function checkDomain(domain: string): void {
  const start = scheme.length;
  if (domain === '') refuse('bad-pattern', 0, start, 'the trust domain is missing');
  if (domain.length > 255) {
    refuse(
      'bad-pattern',
      start,
      start + domain.length,
      'a trust domain has at most 255 characters',
    );
  }
  const wrong = /[^a-z0-9._-]/u.exec(domain);
  if (wrong === null) return;
  const [character] = wrong;
  const at = start + wrong.index;
  const why =
    character === '*'
      ? 'a trust domain cannot contain a wildcard'
      : `\`${character}\` is not valid in a trust domain, which consists of a–z, 0–9, \`.\`, \`-\` and \`_\``;
  const help = character === '*' ? 'list the domains: `x matches … or x matches …`' : undefined;
  refuse('bad-pattern', at, at + character.length, why, help);
}

function readSegment(segment: string, start: number): GlobSegment {
  const end = start + segment.length;
  if (segment === '') {
    refuse('bad-pattern', start - 1, end, 'a segment of a SPIFFE ID cannot be empty');
  }
  if (segment === '.' || segment === '..') {
    refuse('bad-pattern', start, end, `a segment of a SPIFFE ID cannot be \`${segment}\``);
  }
  if (segment === '**') return rest;
  const wrong = /\*\*|[^A-Za-z0-9._*-]/u.exec(segment);
  if (wrong !== null) {
    const [found] = wrong;
    const at = start + wrong.index;
    const why =
      found === '**'
        ? '`**` must be a whole segment'
        : `\`${found}\` is not valid in a segment of a SPIFFE ID, which consists of A–Z, a–z, 0–9, \`.\`, \`-\` and \`_\``;
    refuse('bad-pattern', at, at + found.length, why);
  }
  return makePartSequence(
    [...segment].map((character) =>
      character === '*'
        ? matchWildcard(makeRepeatTree(makeLiteralTree(listSegmentCharacters(separator)), 0))
        : matchExactly(makeSingleCodePoint(readCodePoint(character))),
    ),
  );
}
