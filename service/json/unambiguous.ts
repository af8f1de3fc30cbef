// Reads JSON that other parsers must read in the same way: takes bytes, and returns the value with its text, or why
// it is ambiguous. Parsers differ in what they do with repeated names (RFC 8259, section 4) and with single surrogates
// (section 8.2), some compare names without case, and some accept invalid UTF-8. A relay that decides one reading must not
// pass on another.

import { findCostProblem } from './costly-shape.ts';
import { hasLoneSurrogate } from './surrogates.ts';

/** The characters of a value within the text. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

export interface ReadJson {
  readonly value: unknown;
  readonly text: string;
  /** The values of the members of the document, and of their members: `params`, `params.arguments`. */
  readonly spans: ReadonlyMap<string, JsonSpan>;
}

export interface AmbiguousJson {
  readonly problem: string;
}

/** Names in objects up to this depth are compared without case; the document itself has depth 1. */
const maxFoldedDepth = 3;
/** Names of objects up to this depth are listed in `spans`. */
const maxListedDepth = 2;
/** JSON.parse is recursive: deeper documents could exhaust the stack of another parser. */
const maxDepth = 256;

export function readUnambiguous(bytes: Uint8Array): ReadJson | AmbiguousJson {
  const text = decodeText(bytes);
  if (text === undefined) return { problem: 'the text is not valid UTF-8' };
  const cost = findCostProblem(text);
  if (cost !== undefined) return { problem: `the text has ${cost}` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'the text is not valid JSON' };
  }
  if (hasLoneSurrogate(text)) return { problem: 'the text has a single surrogate' };
  const spans = new Map<string, JsonSpan>();
  const problem = scan(text, spans, maxFoldedDepth);
  return problem === undefined ? { value, text, spans } : { problem };
}

/** Why readers may understand valid JSON differently, or not at all: a name occurs twice, or it is too deep. */
export function findAmbiguity(text: string): string | undefined {
  return scan(text, new Map(), 0);
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** An object or array that the scan is inside of. */
interface Level {
  /** The folded names of an object, or `undefined` for an array. */
  readonly names: Set<string> | undefined;
  readonly path: string;
  /** The name whose value comes next, or is being read. */
  name: string | undefined;
  start: number;
}

/** The text is valid JSON, so that the scan only follows its structure. Returns the problem, if there is one. */
function scan(text: string, spans: Map<string, JsonSpan>, foldedDepth: number): string | undefined {
  const levels: Level[] = [];
  let level: Level | undefined;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === quote) {
      const end = findStringEnd(text, index);
      if (level?.names !== undefined && level.name === undefined) {
        const name = readName(text, index, end);
        const problem = addName(
          level.names,
          levels.length <= foldedDepth ? foldName(name) : name,
          name,
        );
        if (problem !== undefined) return problem;
        level.name = name;
      }
      index = end - 1;
    } else if (character === colon && level !== undefined) {
      level.start = skipSpaces(text, index + 1);
    } else if (character === comma) {
      closeMember(level, levels.length, text, index, spans);
    } else if (character === openBrace || character === openBracket) {
      if (levels.length === maxDepth) return `the text has more than ${maxDepth} levels`;
      const names = character === openBrace ? new Set<string>() : undefined;
      level = { names, path: formatPath(level, levels.length), name: undefined, start: index };
      levels.push(level);
    } else if (character === closeBrace || character === closeBracket) {
      closeMember(level, levels.length, text, index, spans);
      levels.pop();
      level = levels.at(-1);
    }
  }
  return undefined;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

function findStringEnd(text: string, start: number): number {
  for (let index = start + 1; ; ) {
    const end = text.indexOf('"', index);
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
    index = end + 1;
  }
}

function readName(text: string, start: number, end: number): string {
  const name = text.slice(start + 1, end - 1);
  return name.includes('\\') ? JSON.parse(text.slice(start, end)) : name;
}

function skipSpaces(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function isSpace(character: number): boolean {
  return character === 0x20 || character === 0x0a || character === 0x0d || character === 0x09;
}

function addName(names: Set<string>, key: string, name: string): string | undefined {
  if (names.has(key)) return `the name ${JSON.stringify(name)} occurs twice in an object`;
  names.add(key);
  return undefined;
}

const isFolded = /^[ -@[-~]*$/;

/** Without case, as by simple case folding: `ſ` and `s` have the same upper case. */
export function foldName(name: string): string {
  // Most names are ASCII without upper case, and stay as they are.
  if (isFolded.test(name)) return name;
  return name.toUpperCase().toLowerCase();
}

/** Elements of arrays are not listed. */
function formatPath(parent: Level | undefined, depth: number): string {
  if (parent?.name === undefined || depth >= maxListedDepth) return '';
  return `${parent.name}.`;
}

function closeMember(
  level: Level | undefined,
  depth: number,
  text: string,
  at: number,
  spans: Map<string, JsonSpan>,
): void {
  if (level?.name === undefined) return;
  if (depth <= maxListedDepth && (depth === 1 || level.path !== '')) {
    let end = at;
    while (isSpace(text.charCodeAt(end - 1))) end -= 1;
    spans.set(level.path + level.name, { start: level.start, end });
  }
  level.name = undefined;
}
