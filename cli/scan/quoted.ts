// A string as a literal of the language, whose escapes are those of JSON.

export function quoted(text: string): string {
  return JSON.stringify(text);
}
