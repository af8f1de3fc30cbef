// The id of the session that is shown, in the fragment of the address, so that a link shows the same session.

import { useEffect, useState } from 'preact/hooks';

export function useFragment(): readonly [string | undefined, (id: string | undefined) => void] {
  const [id, setId] = useState(readAddressId);
  useEffect(() => {
    const change = () => setId(readAddressId());
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  const choose = (next: string | undefined) => {
    location.hash = next === undefined ? '' : encodeURIComponent(next);
  };
  return [id, choose];
}

function readAddressId(): string | undefined {
  const text = location.hash.slice(1);
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
