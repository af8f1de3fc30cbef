// The name of a server that nobody named: the last part of its package or file, without `server-` and an extension.

export function deriveServerName(command: string, args: readonly string[]): string {
  const named = args.find((arg) => !arg.startsWith('-')) ?? command;
  const parts = named
    .split(/[/\\]/)
    .filter((part) => !/^(dist|build|src|index\.[a-z]+)$/.test(part));
  const last = (parts.at(-1) ?? 'server').replace(/@[^@]*$/, '').replace(/\.[a-z]+$/, '');
  return last.replace(/^(mcp-)?server-/, '').replace(/[^A-Za-z0-9_.-]/g, '-') || 'server';
}
