// The text of a caught value, which need not be an error.

export function formatErrorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
