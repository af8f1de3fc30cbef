// Emits code that finds which of a few constant names a string is: by its length first, then eight bytes
// at a time.

const encoder = new TextEncoder();

/** Compares the string at `pointer` with a constant, a few bytes at a time. */
function equals(text: string, pointer: string): string {
  const bytes = encoder.encode(text);
  const view = new DataView(bytes.buffer);
  const parts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const left = bytes.length - at;
    const offset = at === 0 ? '' : `, ${at}`;
    if (left >= 8) {
      parts.push(`load<u64>(${pointer}${offset}) == 0x${view.getBigUint64(at, true).toString(16)}`);
      at += 8;
    } else if (left >= 4) {
      parts.push(`load<u32>(${pointer}${offset}) == 0x${view.getUint32(at, true).toString(16)}`);
      at += 4;
    } else if (left >= 2) {
      parts.push(`load<u16>(${pointer}${offset}) == ${view.getUint16(at, true)}`);
      at += 2;
    } else {
      parts.push(`load<u8>(${pointer}${offset}) == ${view.getUint8(at)}`);
      at += 1;
    }
  }
  return parts.length === 0 ? 'true' : parts.join(' && ');
}

/** Emits statements that return the position of the name, by its length first. */
export function emitPlaces(
  names: readonly string[],
  length: string,
  pointer: string,
  found: (index: number) => string,
): readonly string[] {
  const byLength = new Map<number, { name: string; index: number }[]>();
  for (const [index, name] of names.entries()) {
    const size = encoder.encode(name).length;
    byLength.set(size, [...(byLength.get(size) ?? []), { name, index }]);
  }
  const lines = [`  switch (${length}) {`];
  for (const [size, entries] of [...byLength].sort(([a], [b]) => a - b)) {
    lines.push(`    case ${size}:`);
    for (const { name, index } of entries)
      lines.push(`      if (${equals(name, pointer)}) ${found(index)}`);
    lines.push('      break;');
  }
  return [...lines, '    default:', '  }'];
}
