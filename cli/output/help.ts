// How help looks: as commander writes it, but that an option which is off says nothing of its default.

import { Help, type HelpConfiguration, type Option } from '@commander-js/extra-typings';

export const helpStyle: HelpConfiguration = {
  optionDescription: (option: Option) => {
    const { defaultValue: usual } = option;
    const isOff = usual === false || (Array.isArray(usual) && usual.length === 0);
    const shown = isOff ? Object.create(option, { defaultValue: { value: undefined } }) : option;
    return new Help().optionDescription(shown);
  },
};
