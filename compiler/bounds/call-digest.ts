// Bounds the steps of the digest of a call. The steps per byte are the steps of the densest request that a hostile caller
// can write.

/** Members are found in the request, in the subject and in its properties: `1,` or `[,` are skipped, `"":` is read. */
const finding = 3 * 2;
/** `1,` and `"\n",`, and `1e20`, whose zeros are written. */
const writing = 8;
/** A number has at most this many bytes in a form for each of its own: `1e20,`. */
const formBytes = 22 / 5;
/** The steps for each of the bytes that are hashed: 16 words, 48 more and 64 rounds for each 64 bytes. */
const hashing = 3;
/** The steps of a comparison for each byte of the names; a control character is an escape of six bytes. */
const comparing = 4;
/** A member of an object has at least this number of bytes: `"":1,`. */
const memberBytes = 5;
/** The texts between the parts, and the digits of the digest. */
const around = 1000;

export function digestSteps(bytes: number): number {
  const members = Math.max(2, bytes / memberBytes);
  const sorting = comparing * Math.ceil(Math.log2(members) + 2);
  return around + bytes * (finding + writing + formBytes * hashing + sorting);
}
