// Reads proofs from JSON that others wrote, and from the custom sections of a module. Its structure is checked here; the
// claims and steps are checked by `certify`.

import { type Proof, type ProofClaim, proofFormat } from './proof.ts';

/** Returns the reason if it is not a proof. */
export function readProof(text: string): Proof | string {
  const json = parsed(text);
  return isObject(json) ? checkedProof(json) : 'it is not JSON';
}

function checkedProof(json: Record<string, unknown>): Proof | string {
  if (json.format !== proofFormat) return `its format is not ${proofFormat}`;
  const { entry, sources, claims } = json;
  const hasSources = isObject(sources) && Object.values(sources).every(isString);
  if (!isString(entry) || !hasSources || !Object.hasOwn(sources, entry)) return 'it has no sources';
  if (!Array.isArray(claims) || !claims.every(isClaim)) return 'its claims are malformed';
  return json as unknown as Proof;
}

/** The proof in the custom sections of a module. */
export function readSections(sources: string, proofs: string): Proof | string {
  const [files, claims] = [parsed(sources), parsed(proofs)];
  if (!isObject(files) || !isObject(claims)) return 'its sections are not JSON';
  return checkedProof({ ...claims, entry: files.entry, sources: files.sources });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isClaim(json: unknown): json is ProofClaim {
  if (!isObject(json) || !isString(json.name) || !isString(json.verdict)) return false;
  if (typeof json.isBuiltIn !== 'boolean') return false;
  const { years = [], steps = [] } = json;
  const areYears = isNumbers(years) && years.every((each) => each >= 0 && each <= 9999);
  return areYears && Array.isArray(steps) && steps.every(isStep);
}

function isStep(json: unknown): boolean {
  if (isNumbers(json)) return true;
  if (!isObject(json) || !isNumbers(json.sum) || !Array.isArray(json.by)) return false;
  return json.by.every((each) => isString(each) && /^\d{1,60}$/.test(each));
}

function isNumbers(json: unknown): json is readonly number[] {
  return Array.isArray(json) && json.every((each) => Number.isSafeInteger(each));
}

function isString(json: unknown): json is string {
  return typeof json === 'string';
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
