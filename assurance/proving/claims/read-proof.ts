// Reads proofs from JSON that others wrote, and from the custom sections of a module. Its structure is checked here; the
// claims and steps are checked by `certify`.

import type {
  AtomContent,
  LemmaContent,
  LiteralContent,
  TermContent,
} from '../certificate/content.ts';
import { isLemmaKind } from '../terms/lemma.ts';
import { isTextKind, type TextKind } from '../terms/terms.ts';
import {
  type LemmaProof,
  type ListProof,
  type Proof,
  type ProofClaim,
  proofFormat,
} from './proof.ts';

/** Returns the reason if it is not a proof. */
export function readProof(text: string): Proof | string {
  const json = tryParse(text);
  return isObject(json) ? checkProof(json) : 'it is not JSON';
}

function checkProof(json: Record<string, unknown>): Proof | string {
  if (json.format === formatWithoutLemmas)
    return `its format ${formatWithoutLemmas} has no lemmas; prove the claims again with this version`;
  if (json.format !== proofFormat) return `its format is not ${proofFormat}`;
  const { entry, sources, claims } = json;
  const hasSources = isObject(sources) && Object.values(sources).every(isString);
  if (!isString(entry) || !hasSources || !Object.hasOwn(sources, entry)) return 'it has no sources';
  if (!Array.isArray(claims) || !claims.every(isClaim)) return 'its claims are malformed';
  return json as unknown as Proof;
}

const formatWithoutLemmas = 'nhipol-proof/1';

/** The proof in the custom sections of a module. */
export function readSections(sources: string, proofs: string): Proof | string {
  const [files, claims] = [tryParse(sources), tryParse(proofs)];
  if (!isObject(files) || !isObject(claims)) return 'its sections are not JSON';
  return checkProof({ ...claims, entry: files.entry, sources: files.sources });
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isClaim(json: unknown): json is ProofClaim {
  if (!isObject(json) || !isString(json.name) || !isString(json.verdict)) return false;
  if (typeof json.isBuiltIn !== 'boolean') return false;
  const { lists, lemmas } = json;
  if (lists !== undefined && !isListProof(lists)) return false;
  return lemmas === undefined || isLemmaProof(lemmas);
}

function isListProof(json: unknown): json is ListProof {
  if (!isObject(json) || typeof json.inSessions !== 'boolean') return false;
  const { years, steps } = json;
  const areYears = isNumbers(years) && years.every((year) => year >= 0 && year <= 9999);
  return areYears && Array.isArray(steps) && steps.every(isStep);
}

function isLemmaProof(json: unknown): json is LemmaProof {
  if (!isListProof(json) || !('terms' in json && 'lemmas' in json)) return false;
  const { terms, lemmas } = json;
  if (!isObject(terms) || !Object.values(terms).every(isTerm)) return false;
  return Array.isArray(lemmas) && lemmas.every(isLemma);
}

function isTerm(json: unknown): json is TermContent {
  if (!isObject(json)) return false;
  if ('constant' in json) return isString(json.constant);
  if (!isString(json.type) || !isTextKind(json.type as TextKind)) return false;
  return 'any' in json
    ? isString(json.any) && Number.isSafeInteger(json.number)
    : isString(json.result) && areStrings(json.of);
}

function isLemma(json: unknown): json is LemmaContent {
  if (!isObject(json) || !isString(json.kind) || !Array.isArray(json.not)) return false;
  return isLemmaKind(json.kind) && json.not.every(isLiteral);
}

function isLiteral(json: unknown): json is LiteralContent {
  return isAtom(isObject(json) && 'not' in json ? json.not : json);
}

function isAtom(json: unknown): json is AtomContent {
  if (!isObject(json)) return false;
  if ('equal' in json) return areStrings(json.equal);
  if (!('member' in json)) return isString(json.test) && areStrings(json.of);
  const { member, set } = json;
  return isString(member) && isObject(set) && isString(set.name) && isNumbers([set.number]);
}

function isStep(json: unknown): boolean {
  if (isNumbers(json)) return true;
  if (!isObject(json) || !isNumbers(json.sum) || !Array.isArray(json.by)) return false;
  return json.by.every((each) => isString(each) && /^\d{1,60}$/.test(each));
}

function isNumbers(json: unknown): json is readonly number[] {
  return Array.isArray(json) && json.every((each) => Number.isSafeInteger(each));
}

function areStrings(json: unknown): json is readonly string[] {
  return Array.isArray(json) && json.every(isString);
}

function isString(json: unknown): json is string {
  return typeof json === 'string';
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
