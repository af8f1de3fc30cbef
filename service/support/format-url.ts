// URLs in messages and logs.

/** Formats a URL without its user, its password and the values of its query, which may be secret. */
export function formatUrl(text: string): string {
  if (!URL.canParse(text)) return 'an invalid URL';
  const { protocol, host, pathname, search } = new URL(text);
  const path = pathname === '/' && !text.endsWith('/') ? '' : pathname;
  return `${protocol}//${host}${path}${search === '' ? '' : '?…'}`;
}
