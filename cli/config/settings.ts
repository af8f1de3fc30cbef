// What a configuration sets: values by the full names of their keys, with the lines that set them.

export type SettingValue = string | readonly string[] | number | boolean;

export interface Setting {
  readonly value: SettingValue;
  readonly line: number;
}

/** By full name. */
export type Settings = ReadonlyMap<string, Setting>;

export interface Config {
  /** From the working directory; undefined: there is none, and no setting. */
  readonly file: string | undefined;
  readonly settings: Settings;
}

export const noConfig: Config = { file: undefined, settings: new Map() };

/** What commander is told of where an option's value comes from. */
export const fromFile = 'config';
