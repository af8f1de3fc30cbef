// Converts between the URIs of the protocol and the paths of the language. A path is unique across schemes: that of a file
// is the path on the disk, with a drive letter on Windows; that of another URI begins with its scheme and authority.

/** The parts of a URI: RFC 3986, appendix B. A scheme has several letters, so that a drive of Windows is not one. */
const uriParts = /^([A-Za-z][A-Za-z0-9+.-]+:)(?:(\/\/)([^/?#]*))?([^?#]*)(.*)$/s;

/** The path of a URI. A malformed percent encoding remains as it is. */
export function convertUriToPath(uri: string): string {
  const [, scheme = '', slashes = '', authority = '', path = '', rest = ''] =
    uriParts.exec(uri) ?? [];
  if (scheme === '') return uri;
  if (scheme.toLowerCase() === 'file:') {
    const decoded = path.split('/').map(decode).join('/');
    return authority === '' ? withoutSlashOfDrive(decoded) : `//${authority}${decoded}`;
  }
  // These characters would begin a query or an encoding when the path is converted back.
  const segments = path.split('/').map((part) => decode(part).replace(/[%?#]/g, encode));
  return `${scheme.toLowerCase()}${slashes}${authority}${segments.join('/')}${rest}`;
}

/** The URI of a path, in the spelling of VS Code. */
export function convertPathToUri(path: string): string {
  const [, scheme = '', slashes = '', authority = '', inner = '', rest = ''] =
    uriParts.exec(path) ?? [];
  if (scheme !== '') {
    const segments = inner.split('/').map((part) => encode(part).replace(/%25(3F|23|25)/g, '%$1'));
    return `${scheme}${slashes}${authority}${segments.join('/')}${rest}`;
  }
  const encoded = path.split('/').map(encode).join('/');
  if (path.startsWith('//')) return `file:${encoded}`;
  return `file://${path.startsWith('/') ? '' : '/'}${encoded}`;
}

function encode(text: string): string {
  return encodeURIComponent(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Drives are equal in both cases; editors differ in which they send. */
function withoutSlashOfDrive(path: string): string {
  const drive = /^\/([A-Za-z]):/.exec(path)?.[1];
  return drive === undefined ? path : `${drive.toLowerCase()}:${path.slice(3)}`;
}
