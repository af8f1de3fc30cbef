// Telling which of a few constant names a text is: by its length first, then eight bytes at a time.

const encoder = new TextEncoder();

/** Compares the text at `pointer` with a constant, a few bytes at a time. */
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

/** Statements that leave with the name's place, told apart by length first. */
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

/** A member's name as it is usually written before its value: its bytes at `pointer`, of which the first eight are `word`. */
export function isUsualName(name: string, pointer: string, word: string): string {
  const bytes = encoder.encode(usualName(name));
  const view = new DataView(bytes.buffer);
  if (bytes.length < 8) {
    const padded = new Uint8Array(8);
    padded.set(bytes);
    const value = new DataView(padded.buffer).getBigUint64(0, true);
    const mask = (1n << BigInt(bytes.length * 8)) - 1n;
    return `(${word} & 0x${mask.toString(16)}) == 0x${value.toString(16)}`;
  }
  const parts = [`${word} == 0x${view.getBigUint64(0, true).toString(16)}`];
  for (let at = 8; at < bytes.length; at += 8) {
    const place = Math.min(at, bytes.length - 8);
    const value = view.getBigUint64(place, true).toString(16);
    parts.push(`load<u64>(${pointer}, ${place}) == 0x${value}`);
  }
  return parts.join(' && ');
}

/** With its colon: most writers put none before it, and escape only what must be. */
export function usualName(name: string): string {
  return `${JSON.stringify(name)}:`;
}

export function usualLength(name: string): number {
  return encoder.encode(usualName(name)).length;
}

/** The names of a record as the assembly library's names.ts looks them up. */
export function nameTable(names: readonly string[]): Uint8Array {
  const bytes = names.flatMap((name) => {
    const [plain, usual] = [encoder.encode(name), encoder.encode(usualName(name))];
    const isPlain = usual.length === plain.length + 3;
    return [...u16(plain.length), ...u16(usual.length), ...usual, ...(isPlain ? [] : plain)];
  });
  return Uint8Array.from([...bytes, ...u16(0), ...u16(0)]);
}

function u16(value: number): readonly number[] {
  return [value & 0xff, value >> 8];
}
