// The settings of a configuration.

export type SettingValue = string | readonly string[] | number | boolean;

export interface ConfigSetting {
  readonly value: SettingValue;
  /** The line that sets it. */
  readonly line: number;
}

/** Settings by the full names of their keys. */
export type ConfigSettings = ReadonlyMap<string, ConfigSetting>;

export interface Config {
  /** Path relative to the working directory, or `undefined` if there is no file. */
  readonly file: string | undefined;
  readonly settings: ConfigSettings;
}

export const noConfig: Config = { file: undefined, settings: new Map() };

/** The source that commander records for option values from the configuration. */
export const fromFile = 'config';
