// SPIFFE IDs (SPIFFE-ID §2): `spiffe://`, a trust domain and a path. Ports, queries, percent-encoding, empty
// or dot segments and a trailing slash are not valid.

const form = /^spiffe:\/\/[a-z0-9._-]{1,255}(\/[A-Za-z0-9._-]+)*$/;

export function isSpiffeId(text: string): boolean {
  return (
    text.length <= 2048 &&
    form.test(text) &&
    text
      .split('/')
      .slice(3)
      .every((segment) => segment !== '.' && segment !== '..')
  );
}
