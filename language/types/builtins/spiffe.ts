// SPIFFE-ID §2: `spiffe://` trust domain, path. Everything else (ports, queries, percent-encoding,
// empty or dot segments, a trailing slash) is no SPIFFE ID.

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
