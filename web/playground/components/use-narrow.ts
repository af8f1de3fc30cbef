// Whether the screen has room for only one column.

import { useEffect, useState } from 'preact/hooks';

/** As in styles.css. */
const query = '(max-width: 55rem)';

export function useNarrow(): boolean {
  const [isNarrow, setIsNarrow] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const change = () => setIsNarrow(list.matches);
    list.addEventListener('change', change);
    return () => list.removeEventListener('change', change);
  }, []);
  return isNarrow;
}
