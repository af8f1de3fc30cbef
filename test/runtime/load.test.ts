import { LoadError, load, loadStreaming, type Policy } from '@nhipol/runtime';
import { encodingSection } from '@nhipol/runtime/abi';
import { beforeAll, expect, test } from 'vitest';
import {
  assembleCanned,
  cannedManifest,
  emptyModule,
  encodeCanned,
  withManifest,
} from '../support/modules/canned-module.ts';

let wasm: Uint8Array;
beforeAll(async () => {
  wasm = await assembleCanned();
});

function refusal(bytes: unknown): string {
  try {
    load(bytes as Uint8Array);
  } catch (error) {
    expect(error).toBeInstanceOf(LoadError);
    return (error as LoadError).message;
  }
  throw new Error('it loads');
}

test('a policy has its manifest', () => {
  const policy = load(withManifest(wasm, cannedManifest));
  expect(policy.manifest).toEqual(cannedManifest);
  expect(Object.isFrozen(policy.manifest.policy)).toBe(true);
});

test('a compiled WebAssembly module loads like its bytes', () => {
  const compileBytes = (bytes: Uint8Array) => new WebAssembly.Module(bytes as BufferSource);
  expect(load(compileBytes(withManifest(wasm, cannedManifest))).manifest).toEqual(cannedManifest);
  expect(() => load(compileBytes(wasm))).toThrow(LoadError);
});

/** The response of a server. */
function arriving(body: Uint8Array | string, status = 200): Response {
  return new Response(body as BodyInit, {
    status,
    headers: { 'content-type': 'application/wasm' },
  });
}

test('a policy is compiled while it arrives', async () => {
  const described = withManifest(wasm, cannedManifest);
  const policies = [
    await loadStreaming(arriving(described)),
    await loadStreaming(Promise.resolve(arriving(described))),
  ];
  for (const { manifest } of policies) expect(manifest).toEqual(cannedManifest);
  expect(policies[0]?.decideJson(encodeCanned({})).effect).toBe('permit');
});

test.each<[string, () => Response | Promise<Response>, RegExp]>([
  ['text', () => arriving('policy'), /^these bytes are not a valid WebAssembly module: /],
  ['no policy', () => arriving(wasm), /^the module has 0 manifests, expected one$/],
  ['another type', () => new Response('policy'), /^no module came: /],
  ['nothing', () => arriving('', 404), /^no module came: /],
  ['a failure', () => Promise.reject(new TypeError('no network')), /^no module came: no network$/],
])('%s that arrives is rejected', async (_, response, message) => {
  const refused: Promise<Policy> = loadStreaming(response());
  await expect(refused).rejects.toBeInstanceOf(LoadError);
  await expect(refused).rejects.toThrow(message);
});

test('unknown members and a later minor version are accepted', () => {
  const later = { ...cannedManifest, abi: { major: 2, minor: 7 }, obligations: [] };
  expect(load(withManifest(wasm, later)).manifest.abi.minor).toBe(7);
});

test.each([
  ['no bytes', new Uint8Array()],
  ['text', new TextEncoder().encode('policy')],
  ['half a module', emptyModule.subarray(0, 6)],
  ['nothing', undefined],
])('%s is not a module', (_, bytes) => {
  expect(refusal(bytes)).toMatch(/^these bytes are not a valid WebAssembly module/);
});

test('a module without a manifest, or with two, is rejected', () => {
  expect(refusal(wasm)).toBe('the module has 0 manifests, expected one');
  const twice = withManifest(withManifest(wasm, cannedManifest), cannedManifest);
  expect(refusal(twice)).toBe('the module has 2 manifests, expected one');
});

test.each([
  ['invalid JSON', '{', "the module's manifest is not valid JSON"],
  ['no object', '[]', "the module's manifest does not state an ABI version"],
  [
    'a foreign ABI',
    { ...cannedManifest, abi: { major: 3, minor: 0 } },
    'the module has ABI version 3, and this host supports 2',
  ],
  [
    'a name that is a number',
    { ...cannedManifest, policy: { name: 7, version: '1' } },
    "the module's manifest does not conform to the ABI",
  ],
  [
    'bounds that are not numbers',
    { ...cannedManifest, bounds: { steps: [['1', 2, 3, 4]], memory_bytes: 5 } },
    "the module's manifest does not conform to the ABI",
  ],
])('a manifest with %s is rejected', (_, manifest, message) => {
  expect(refusal(withManifest(wasm, manifest))).toBe(message);
});

test.each(Object.keys(cannedManifest).filter((name) => name !== 'abi' && name !== 'schema'))(
  'a manifest without %s is rejected',
  (name) => {
    const lacking = { ...cannedManifest, [name]: undefined };
    expect(refusal(withManifest(wasm, lacking))).toBe(
      "the module's manifest does not conform to the ABI",
    );
  },
);

test('a module without the exports is rejected', () => {
  const message = 'the module exports no memory `memory`';
  expect(refusal(withManifest(emptyModule, cannedManifest))).toBe(message);
});

test('a module with another ABI than its manifest states is rejected', async () => {
  const foreign = await assembleCanned({ abiMajor: 3 });
  const message = 'the module has ABI version 3, and this host supports 2';
  expect(refusal(withManifest(foreign, cannedManifest))).toBe(message);
});

test('a module with imports is rejected', async () => {
  const more = 'declare function clock(): f64;\nexport function late(): f64 { return clock(); }';
  const importing = await assembleCanned({ more });
  expect(refusal(withManifest(importing, cannedManifest))).toBe(
    'the module imports `entry.clock`, but a policy must not import anything',
  );
});

test('a module that traps at its start is rejected', async () => {
  const trapping = await assembleCanned({ more: 'unreachable();' });
  expect(refusal(withManifest(trapping, cannedManifest))).toBe('the module cannot be started');
});

test('an invalid encoding is rejected, and so are two encodings', () => {
  const policy = withManifest(wasm, cannedManifest);
  const withEncoding = (module: Uint8Array, encoding: unknown) =>
    withManifest(module, encoding, encodingSection);
  expect(refusal(withEncoding(policy, {}))).toBe(
    "the module's encoding does not conform to the ABI",
  );
  expect(refusal(withEncoding(policy, '{'))).toBe("the module's encoding is not valid JSON");
  const twice = withEncoding(withEncoding(policy, {}), {});
  expect(refusal(twice)).toBe('the module has 2 encodings, expected one');
});
