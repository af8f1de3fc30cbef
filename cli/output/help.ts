// Commander's help, without the defaults of options that are off or empty.

import { Help, type HelpConfiguration, type Option } from '@commander-js/extra-typings';

export const helpStyle: HelpConfiguration = {
  optionDescription: (option: Option) => {
    const { defaultValue } = option;
    const isOff =
      defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
    const shown = isOff ? Object.create(option, { defaultValue: { value: undefined } }) : option;
    return new Help().optionDescription(shown);
  },
};
