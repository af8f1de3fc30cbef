// Addresses as strings: RFC 5952, and a v4 address as a dotted quad. A module stores an Ip in 16 bytes, v4 as
// `::ffff:0:0/96`, and a Cidr in 17, the last of which is the prefix length out of 128 bits.

export function showIp(bytes: Uint8Array): string {
  return isV4(bytes) ? bytes.subarray(12).join('.') : showGroups(bytes);
}

export function showCidr(bytes: Uint8Array): string {
  const bits = bytes[16] ?? 0;
  const first = bytes.subarray(0, 16);
  const length = isV4(first) ? bits - 96 : bits;
  return `${showIp(first)}/${length}`;
}

function isV4(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 12).every((byte, at) => byte === (at < 10 ? 0 : 0xff));
}

/** The first of the longest runs of two or more zero groups is left out. */
function showGroups(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  let [start, length] = [0, 1];
  for (const from of groups.keys()) {
    const end = groups.findIndex((group, at) => at >= from && group !== '0');
    const run = (end === -1 ? groups.length : end) - from;
    if (run > length) [start, length] = [from, run];
  }
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}
