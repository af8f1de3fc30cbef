// The version of this package, as `--version` and every compiled policy tell it.

export const version = '0.1.0';
