// A form for requests, generated from the declarations of the policy. It shows and changes the JSON of the request.

import { useId } from 'preact/hooks';
import {
  findRequestMember,
  parseRequestText,
  printRequestText,
  type RequestObject,
  withMember,
} from '../state/request.ts';
import type { EntityForm, Field, RequestForm } from '../worker/contract.ts';
import { FieldControl } from './field-control.tsx';

export interface RequestFormProps {
  readonly form: RequestForm;
  readonly request: string;
  readonly onChange: (request: string) => void;
}

interface Edited {
  readonly request: RequestObject;
  readonly onSet: (path: readonly string[], value: unknown) => void;
}

export function RequestFields({ form, request: text, onChange }: RequestFormProps) {
  const request = parseRequestText(text);
  if (request === undefined) {
    return <p class="note">The request is not a JSON object. Correct it in the JSON view.</p>;
  }
  const onSet: Edited['onSet'] = (path, value) =>
    onChange(printRequestText(withMember(request, path, value)));
  const edited = { request, onSet };
  return (
    <form class="fields" onSubmit={(event) => event.preventDefault()}>
      {form.entities.map((entity) => (
        <Entity key={entity.root} entity={entity} {...edited} />
      ))}
      <fieldset>
        <legend>context</legend>
        <Fields fields={listContextFields(form, request)} path={['context']} {...edited} />
      </fieldset>
    </form>
  );
}

function Entity({ entity, request, onSet }: { readonly entity: EntityForm } & Edited) {
  const { root, chooser, kinds, others } = entity;
  const chosen = findRequestMember(request, [root, chooser]);
  const kind = kinds.find(({ name }) => name === chosen);
  const names = useId();
  return (
    <fieldset>
      <legend>{root}</legend>
      <label class="field">
        <span class="name">{chooser}</span>
        <input
          type="text"
          value={typeof chosen === 'string' ? chosen : ''}
          list={names}
          onInput={({ currentTarget }) => onSet([root, chooser], currentTarget.value)}
        />
        <datalist id={names}>
          {kinds.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <span class="type">String</span>
      </label>
      {root !== 'action' && (
        <FieldControl
          field={{
            name: 'id',
            optional: false,
            type: 'String',
            control: { kind: 'text', example: '' },
          }}
          value={findRequestMember(request, [root, 'id'])}
          onChange={(value) => onSet([root, 'id'], value)}
        />
      )}
      <Fields
        fields={kind?.fields ?? others ?? []}
        path={[root, 'properties']}
        request={request}
        onSet={onSet}
      />
    </fieldset>
  );
}

interface FieldsProps extends Edited {
  readonly fields: readonly Field[];
  readonly path: readonly string[];
}

function Fields({ fields, path, request, onSet }: FieldsProps) {
  return (
    <>
      {fields.map((field) => {
        const { name, control } = field;
        const own = [...path, name];
        if (control.kind === 'record') {
          return (
            <fieldset key={name}>
              <legend>{name}</legend>
              <Fields fields={control.fields} path={own} request={request} onSet={onSet} />
            </fieldset>
          );
        }
        return (
          <FieldControl
            key={name}
            field={field}
            value={findRequestMember(request, own)}
            onChange={(value) => onSet(own, value)}
          />
        );
      })}
    </>
  );
}

/** Those of all requests, and of the scoped contexts that apply to this one. */
function listContextFields({ context, scopedContexts }: RequestForm, request: RequestObject) {
  const isListed = (names: readonly string[] | undefined, path: readonly string[]) =>
    names === undefined || names.includes(String(findRequestMember(request, path)));
  const applied = scopedContexts.filter(
    ({ subjects, actions, resources }) =>
      isListed(subjects, ['subject', 'type']) &&
      isListed(actions, ['action', 'name']) &&
      isListed(resources, ['resource', 'type']),
  );
  return [...context, ...applied.flatMap(({ fields }) => fields)];
}
