// The environment variables that a server gets: those that a program needs to run, and those that the operator names.
// The secrets of the guard's own environment are not inherited.

const inherited = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TERM',
  'TZ',
  'LANG',
  'LANGUAGE',
  'TMPDIR',
  'TEMP',
  'TMP',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'SYSTEMROOT',
  'COMSPEC',
  'PATHEXT',
  'APPDATA',
  'LOCALAPPDATA',
  'USERPROFILE',
  'PROGRAMFILES',
]);

/** `named`: `NAME` passes the variable on, `NAME=value` sets it. */
export function selectServerEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  named: readonly string[],
): Readonly<Record<string, string>> {
  const environment = new Map<string, string>();
  for (const [name, value] of Object.entries(own)) {
    const isInherited = inherited.has(name.toUpperCase()) || name.startsWith('LC_');
    if (value !== undefined && isInherited) environment.set(name, value);
  }
  for (const each of named) {
    const end = each.indexOf('=');
    const name = end < 0 ? each : each.slice(0, end);
    const value = end < 0 ? own[name] : each.slice(end + 1);
    if (value !== undefined) environment.set(name, value);
  }
  return Object.fromEntries(environment);
}
