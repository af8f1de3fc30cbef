// The hash functions of hash.ts and rule-index.ts of the assembly library, for data that the module looks
// up by hash.

const bits = 64;
const spread = 0x9e3779b97f4a7c15n;
const last = 0xd6e8feb86659fd93n;

function mixHash(hash: bigint, part: bigint): bigint {
  const product = BigInt.asUintN(bits, (hash ^ part) * spread);
  return product ^ (product >> 32n);
}

export function extendHash(hash: bigint, text: Uint8Array): bigint {
  const view = new DataView(text.buffer, text.byteOffset, text.byteLength);
  let mixed = mixHash(hash, BigInt(text.length));
  let at = 0;
  for (; text.length - at >= 8; at += 8) mixed = mixHash(mixed, view.getBigUint64(at, true));
  if (text.length - at >= 4) {
    mixed = mixHash(mixed, BigInt(view.getUint32(at, true)));
    at += 4;
  }
  if (text.length - at >= 2) {
    mixed = mixHash(mixed, BigInt(view.getUint16(at, true)));
    at += 2;
  }
  return at === text.length ? mixed : mixHash(mixed, BigInt(view.getUint8(at)));
}

export function finishHash(hash: bigint): number {
  return Number(BigInt.asUintN(bits, (hash ^ (hash >> 29n)) * last) >> 32n);
}

export function hashText(text: Uint8Array): number {
  return finishHash(extendHash(0n, text));
}

export function hashWord(value: bigint): number {
  return finishHash(mixHash(0n, BigInt.asUintN(bits, value)));
}

export function hashScope(subject: number, action: number, resource: number): number {
  const mixed =
    Math.imul(subject, 0x9e3779b1) ^
    Math.imul(action, 0x85ebca77) ^
    Math.imul(resource, 0xc2b2ae3d);
  const spreadOut = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (spreadOut ^ (spreadOut >>> 13)) >>> 0;
}
