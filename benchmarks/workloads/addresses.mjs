// IPv4 addresses as numbers: for the handwritten functions, and for peers without addresses.

/**
 * Parses a dotted quad strictly and without allocations; -1: invalid.
 *
 * @param {string} text
 */
export function addressNumber(text) {
  let [value, octet, dots] = [0, -1, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      if (octet < 0) return -1;
      value = value * 256 + octet;
      octet = -1;
      dots += 1;
    } else {
      if (code < 48 || code > 57 || octet === 0) return -1;
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) return -1;
    }
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
}

/** @param {number} address */
export function addressText(address) {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** The first and the last address of a network. @param {string} text `10.0.0.0/8` */
export function parseNetwork(text) {
  const [address = '', length = ''] = text.split('/');
  const first = addressNumber(address);
  return { first, last: first + 2 ** (32 - Number(length)) - 1 };
}
