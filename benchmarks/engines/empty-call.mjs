// Measures the cost of calling a WebAssembly function from JavaScript: one that returns its argument.

/** The module `(func (export "same") (param i32) (result i32) local.get 0)`. */
const bytes = Uint8Array.of(
  0x00,
  0x61,
  0x73,
  0x6d,
  0x01,
  0x00,
  0x00,
  0x00,
  0x01,
  0x06,
  0x01,
  0x60,
  0x01,
  0x7f,
  0x01,
  0x7f,
  0x03,
  0x02,
  0x01,
  0x00,
  0x07,
  0x08,
  0x01,
  0x04,
  0x73,
  0x61,
  0x6d,
  0x65,
  0x00,
  0x00,
  0x0a,
  0x06,
  0x01,
  0x04,
  0x00,
  0x20,
  0x00,
  0x0b,
);

/** The function in a new instance. @returns {(index: number) => number} */
export function same() {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return /** @type {(index: number) => number} */ (exports.same);
}

/** @type {import('./engine.mjs').Engine} */
export const emptyCall = {
  name: 'empty wasm call',
  way: 'decision',
  isFloor: true,
  prepare: async () => {
    const call = same();
    return { decide: (index) => (call(index) === index ? 'permit' : 'deny') };
  },
};
