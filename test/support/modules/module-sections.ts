// Reads and replaces custom sections in the bytes of a module.

const idOfCustom = 0;
const headerBytes = 8;

export interface Section {
  readonly start: number;
  readonly end: number;
  readonly id: number;
  /** The name of a custom section. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** The contents of the custom section as a string, or `undefined` if there is none. */
export function sectionText(wasm: Uint8Array, name: string): string | undefined {
  const section = parseSections(wasm).find((each) => each.id === idOfCustom && each.name === name);
  return section && new TextDecoder().decode(section.content);
}

/** The module with `text` as the only custom section of that name. */
export function replaceSection(wasm: Uint8Array, name: string, text: string): Uint8Array {
  const others = parseSections(wasm)
    .filter((each) => each.id !== idOfCustom || each.name !== name)
    .map(({ start, end }) => wasm.subarray(start, end));
  const title = new TextEncoder().encode(name);
  const body = Buffer.concat([encodeUnsigned(title.length), title, new TextEncoder().encode(text)]);
  return Buffer.concat([
    wasm.subarray(0, headerBytes),
    ...others,
    Buffer.of(idOfCustom),
    encodeUnsigned(body.length),
    body,
  ]);
}

export function parseSections(wasm: Uint8Array): readonly Section[] {
  const sections: Section[] = [];
  let at = headerBytes;
  const read = () => {
    let [value, shift, byte] = [0, 0, 0];
    do {
      byte = wasm[at] ?? 0;
      at += 1;
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    return value >>> 0;
  };
  while (at < wasm.length) {
    const start = at;
    const id = read();
    const size = read();
    const end = at + size;
    const nameLength = id === idOfCustom ? read() : 0;
    const name = new TextDecoder().decode(wasm.subarray(at, at + nameLength));
    sections.push({ start, end, id, name, content: wasm.subarray(at + nameLength, end) });
    at = end;
  }
  return sections;
}

function encodeUnsigned(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
