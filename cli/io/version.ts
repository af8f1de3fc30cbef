// The version of this package, which `--version` prints and every module contains.

export const version = '0.1.0';
