// The control of one member of a request. An empty control means that the member is missing.

import { useId, useState } from 'preact/hooks';
import type { Field, InputControl } from '../worker/contract.ts';

export interface FieldControlProps {
  readonly field: Field;
  /** The value in the request, of any type. */
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

export function FieldControl({ field, value, onChange }: FieldControlProps) {
  const { name, optional, type, control } = field;
  const id = useId();
  return (
    <label class="field" htmlFor={id}>
      <span class="name">
        {name}
        {optional ? '' : ' *'}
      </span>
      <Input id={id} control={control} value={value} onChange={onChange} />
      <span class="type">{type}</span>
    </label>
  );
}

interface Valued extends Omit<FieldControlProps, 'field'> {
  readonly id: string;
}

type InputProps = Valued & { readonly control: InputControl };

function Input({ control, ...valued }: InputProps) {
  switch (control.kind) {
    case 'flag':
      return (
        <Choice values={['true', 'false']} {...valued} onChange={createParser(valued.onChange)} />
      );
    case 'choice':
      return <Choice values={control.values} {...valued} />;
    case 'text':
      return <Line placeholder={control.example} read={asText} {...valued} />;
    case 'instant':
      return <Line placeholder="2026-03-03T10:00:00Z" read={asText} {...valued} />;
    case 'number':
      return <Line placeholder="" read={asNumber} {...valued} />;
    case 'words':
      return <Lines {...valued} />;
    case 'record':
    case 'json':
      return <JsonText {...valued} />;
  }
}

interface ChoiceProps {
  readonly id: string;
  readonly values: readonly string[];
  readonly value: unknown;
  readonly onChange: (value: string | undefined) => void;
}

/** A value that is not offered stays, and is marked by its JSON. */
function Choice({ id, values, value, onChange }: ChoiceProps) {
  const current =
    value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const offered = current === '' || values.includes(current) ? values : [...values, current];
  return (
    <select
      id={id}
      value={current}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
    >
      <option value="">missing</option>
      {offered.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  );
}

interface LineProps extends Valued {
  readonly placeholder: string;
  /** The value of a text that is not empty. */
  readonly read: (text: string) => unknown;
}

function Line({ id, value, placeholder, read, onChange }: LineProps) {
  const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <input
      id={id}
      type="text"
      value={text}
      placeholder={placeholder}
      onInput={({ currentTarget }) =>
        onChange(currentTarget.value === '' ? undefined : read(currentTarget.value))
      }
    />
  );
}

function Lines({ id, value, onChange }: Valued) {
  if (value !== undefined && !Array.isArray(value)) {
    return <JsonText id={id} value={value} onChange={onChange} />;
  }
  const lines: readonly unknown[] = value ?? [];
  const change = (text: string) => onChange(text === '' ? undefined : text.split('\n'));
  return (
    <textarea
      id={id}
      rows={Math.max(1, lines.length)}
      placeholder="one in each line"
      value={lines.join('\n')}
      onInput={({ currentTarget }) => change(currentTarget.value)}
    />
  );
}

/** Text that is not JSON stays here until it is. */
function JsonText({ id, value, onChange }: Valued) {
  const [draft, setDraft] = useState<string>();
  const change = (text: string) => {
    const parsed = text === '' ? { value: undefined } : tryParseJson(text);
    setDraft(parsed === undefined ? text : undefined);
    if (parsed !== undefined) onChange(parsed.value);
  };
  return (
    <textarea
      id={id}
      rows={2}
      placeholder="JSON"
      aria-invalid={draft !== undefined}
      value={draft ?? (value === undefined ? '' : JSON.stringify(value))}
      onInput={({ currentTarget }) => change(currentTarget.value)}
    />
  );
}

function tryParseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function createParser(onChange: (value: unknown) => void) {
  return (text: string | undefined) => onChange(text === undefined ? undefined : JSON.parse(text));
}

function asText(text: string): string {
  return text;
}

/** Text that is not a number stays text, and the answer says what is wrong with it. */
function asNumber(text: string): number | string {
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : value;
}
