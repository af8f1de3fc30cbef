// Finds what a person who reads the description of a tool could miss, and a model would not: hidden characters,
// characters that look like others, and instructions to the model. Takes a tool as its server lists it, and returns the
// marks with their places. It reads all strings of a tool, since all of them may reach a model.

import { displayText } from '@nhipol/language/support';
import { isMembers } from '@nhipol/runtime/abi';

export interface ToolMark {
  /** Names from the tool on, such as `inputSchema.properties.path.description`. */
  readonly path: string;
  /** The description of the mark, with hidden characters as escapes. */
  readonly text: string;
}

export function findMarks(tool: Readonly<Record<string, unknown>>): readonly ToolMark[] {
  return Object.entries(tool).flatMap(([name, value]) =>
    collectStrings(displayText(name), value, 0).flatMap((place) =>
      describePlace(place).map((text) => ({ path: place.path, text })),
    ),
  );
}

function describePlace({ path, value }: Place): readonly string[] {
  return value === undefined ? ['nested too deeply to be examined'] : describeMarks(path, value);
}

interface Place {
  readonly path: string;
  /** `undefined` if it is too deep to be examined. */
  readonly value: string | undefined;
}

/** Schemas of people are far from this depth. */
const maxDepth = 64;

/** All strings of a JSON value, also the names of its members. */
function collectStrings(path: string, value: unknown, depth: number): readonly Place[] {
  if (typeof value === 'string') return [{ path, value }];
  if (depth > maxDepth) return [{ path, value: undefined }];
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => collectStrings(`${path}[${index}]`, each, depth + 1));
  }
  if (!isMembers(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => {
    const inner = `${path}.${displayText(name)}`;
    return [{ path: inner, value: name }, ...collectStrings(inner, each, depth + 1)];
  });
}

function describeMarks(path: string, text: string): readonly string[] {
  const hidden = findHidden(text);
  const confusable = findConfusable(path, text);
  const instruction = findInstruction(text);
  return [
    ...(hidden === undefined ? [] : [`hidden characters: ${hidden}`]),
    ...(confusable === undefined ? [] : [`characters that look like others: ${confusable}`]),
    ...(instruction === undefined ? [] : [`an instruction to a model: ${instruction}`]),
  ];
}

/** Characters without a shape of their own, apart from line breaks and tabs. */
const hiddenPattern =
  /[^\P{Cc}\n\r\t]|[\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** An emoji with its variation selector, or several that are joined to one. */
const emoji = /\p{Emoji}\ufe0f?(?:\u200d\p{Emoji}\ufe0f?)*/gu;

/** The hidden characters as escapes, each once; `undefined` if there is none. */
function findHidden(text: string): string | undefined {
  const found = new Set(text.replace(emoji, '').match(hiddenPattern));
  if (found.size === 0) return undefined;
  const shown = [...found].slice(0, 5).map(escapeCharacter);
  return `${shown.join(', ')}${found.size > shown.length ? ', …' : ''}`;
}

function escapeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `U+${code.padStart(4, '0')}`;
}

const word = /[\p{L}\p{M}\p{N}_]+/gu;
const latin = /\p{Script=Latin}/u;
/** Scripts with letters that look like Latin ones. */
const lookAlike =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Lisu}]/u;
/** The Greek letters that are common as signs: a word such as `µs` or `Δt` is not marked. */
const signs = /[µμΔΣΩαβγδελπσ]/gu;

/**
 * The first word that mixes scripts, or that consists of letters in the form of others, such as `ｒｅａｄ`. The name of a tool has
 * only ASCII characters (MCP 2025-11-25, tool names).
 */
function findConfusable(path: string, text: string): string | undefined {
  if (path === 'name' && /[^\x20-\x7e]/.test(text)) return displayText(text);
  return text
    .match(word)
    ?.map((each) => each.replace(signs, ''))
    .find((each) => (latin.test(each) && lookAlike.test(each)) || isStyled(each));
}

/** Whether letters of a word have a form that is equivalent to ASCII letters, such as mathematical ones. */
function isStyled(each: string): boolean {
  const normal = each.normalize('NFKC');
  return normal !== each && /^\w{2,}$/.test(normal);
}

/** Phrases that direct the model that reads a description, instead of describing the tool. */
const instructions = [
  /<\s*\/?\s*(?:important|system|instructions?|secret|hidden|assistant)\b[^>]*>/,
  /\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|rules?|polic(?:y|ies)|guardrails?|prompts?|restrictions?|guidelines?)\b/,
  /\b(?:do not|don't|never|without) (?:tell|mention|inform|reveal|show|disclose|notify|alert|ask|telling|mentioning|informing|notifying|asking)(?: this| that| it| anything)?(?: to)? (?:the |your )?user\b/,
  /\b(?:system|developer) (?:prompt|message|instructions?)\b/,
  /\b(?:before|after|when|whenever|prior to) (?:you |using |use |calling |call |invoking |running )+.{0,60}\b(?:must|first|always|also|make sure|be sure)\b/,
  /\b(?:you|the (?:model|assistant|agent|llm|ai)) (?:must|should|shall|have to|need to) (?:always|first|never|also|not|call|read|send|include|use|pass|ignore)\b/,
  /\b(?:always|must|first) (?:call|invoke|run|use) (?:this|the) (?:tool|function)\b/,
  /\binstead of (?:the |any |all )?other (?:tools?|functions?|servers?)\b/,
  /\b(?:read|cat|open|include|send|pass|attach|upload)\b.{0,60}?(?:~\/|\.ssh\b|id_rsa|id_ed25519|\.env\b|\.aws\b|mcp\.json|private key|api[ _-]?keys?\b|credentials?\b|passwords?\b)/,
  /\b(?:send|forward|bcc|exfiltrate|leak)\b.{0,60}?\b(?:https?:\/\/|[\w.+-]+@[\w-]+\.)/,
];

/** The phrase, on one line; `undefined` if none directs a model. */
function findInstruction(text: string): string | undefined {
  const plain = text
    .normalize('NFKC')
    .replace(hiddenPattern, '')
    .replace(/\s+/g, ' ')
    .toLowerCase();
  for (const pattern of instructions) {
    const [phrase] = pattern.exec(plain) ?? [];
    if (phrase !== undefined) return `“${displayText(phrase)}”`;
  }
  return undefined;
}
