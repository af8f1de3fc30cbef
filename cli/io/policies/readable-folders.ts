// The folders from which policies may name files, besides the folders of their project.

let allowed: readonly string[] = [];

/**
 * Allows policies to name files in these folders, besides those of their project. Only the user can allow folders, for
 * the whole process (`--allow-read`); policies and nhipol.toml cannot.
 */
export function allowReading(folders: readonly string[]): void {
  allowed = folders;
}

/** Returns the allowed folders. */
export function listReadableFolders(): readonly string[] {
  return allowed;
}
