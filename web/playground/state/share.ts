// Links that contain a draft: its JSON, compressed, in the fragment of the address, which browsers do not send to a server.

import type { PlaygroundStep } from '../worker/contract.ts';
import type { Draft } from './draft.ts';

/** Begins the fragment; another version of the format gets another number. */
const prefix = '#1.';

export async function encodeDraft(draft: Draft): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(draft));
  const packed = await pipeBytes(bytes, new CompressionStream('deflate-raw'));
  return prefix + toBase64Url(packed);
}

/** `undefined` if the fragment contains no draft. Fails with a sentence if it is damaged. */
export async function decodeDraft(fragment: string): Promise<Draft | undefined> {
  if (!fragment.startsWith(prefix)) return undefined;
  try {
    const packed = fromBase64Url(fragment.slice(prefix.length));
    const bytes = await pipeBytes(packed, new DecompressionStream('deflate-raw'));
    return expectDraft(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    throw new Error('This link is damaged: it was probably cut. Copy it again from its source.');
  }
}

async function pipeBytes(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}

function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Throws if it is something else: anybody can write a link. */
function expectDraft(value: unknown): Draft {
  const { policy, request, steps } = expectRecord(value);
  const { entry, files } = expectRecord(policy);
  const texts = Object.entries(expectRecord(files)).map(([path, text]) => [
    path,
    expectString(text),
  ]);
  if (!Array.isArray(steps)) throw new TypeError('no steps');
  return {
    policy: { entry: expectString(entry), files: Object.fromEntries(texts) },
    request: expectString(request),
    steps: steps.map(expectStep),
  };
}

function expectStep(value: unknown): PlaygroundStep {
  const { kind, request, name, payload, milliseconds } = expectRecord(value);
  if (kind === 'decide') return { kind, request: expectString(request) };
  if (kind === 'signal') return { kind, name: expectString(name), payload: expectString(payload) };
  if (kind !== 'wait' || !Number.isSafeInteger(milliseconds)) throw new TypeError('no step');
  return { kind, milliseconds: milliseconds as number };
}

function expectRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new TypeError('no object');
  return value as Readonly<Record<string, unknown>>;
}

function expectString(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a string');
  return value;
}
