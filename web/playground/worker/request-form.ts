// Describes the form of a policy's requests and signals: the members that it declares, with a control for each type.

import type { PolicyModel } from '@nhipol/language/model';
import { type Member, type RecordType, type Type, typeName } from '@nhipol/language/types';
import type { EntityForm, Field, InputControl, RequestForm, SignalForm } from './contract.ts';

export function createRequestForm(policy: PolicyModel): RequestForm {
  return {
    entities: [
      createEntityForm('subject', 'type', policy.subjects, policy.anySubject),
      createEntityForm('action', 'name', policy.actions, policy.anyAction),
      createEntityForm('resource', 'type', policy.resources, policy.anyResource),
    ],
    context: createFields(policy.context),
    scopedContexts: policy.contexts.map(({ scope, type }) => ({
      subjects: scope.subjects,
      actions: scope.actions,
      resources: scope.resources,
      fields: createFields(type),
    })),
  };
}

export function createSignalForms({ signals, outcomes }: PolicyModel): readonly SignalForm[] {
  return [...signals].map(([name, shape]) => ({
    name,
    isOutcome: outcomes.has(name),
    fields: createFields(shape),
  }));
}

function createEntityForm(
  root: EntityForm['root'],
  chooser: EntityForm['chooser'],
  shapes: ReadonlyMap<string, RecordType>,
  others: RecordType | undefined,
): EntityForm {
  return {
    root,
    chooser,
    kinds: [...shapes].map(([name, shape]) => ({ name, fields: createFields(shape) })),
    others: others && createFields(others),
  };
}

function createFields(shape: RecordType | undefined): readonly Field[] {
  return [...(shape?.members.values() ?? [])].map(createField);
}

function createField({ name, type, optional, default: otherwise }: Member): Field {
  return {
    name,
    optional: optional || otherwise !== undefined,
    type: typeName(type),
    control: chooseControl(type),
  };
}

function chooseControl(type: Type): InputControl {
  switch (type.kind) {
    case 'Bool':
      return { kind: 'flag' };
    case 'Int':
    case 'Decimal':
    case 'Duration':
      return { kind: 'number', isWhole: type.kind === 'Int' };
    case 'Timestamp':
      return type.inSeconds ? { kind: 'number', isWhole: true } : { kind: 'instant' };
    case 'String':
      return { kind: 'text', example: '' };
    case 'SpiffeId':
      return { kind: 'text', example: 'spiffe://acme.example/agent' };
    case 'Ip':
      return { kind: 'text', example: '10.0.0.1' };
    case 'Cidr':
      return { kind: 'text', example: '10.0.0.0/8' };
    case 'Enum':
      return { kind: 'choice', values: type.members };
    case 'Set':
      return hasTexts(type.element) ? { kind: 'words' } : { kind: 'json' };
    case 'Record':
      return { kind: 'record', fields: createFields(type) };
    case 'List':
    case 'Map':
      return { kind: 'json' };
  }
}

function hasTexts({ kind }: Type): boolean {
  return ['String', 'Enum', 'SpiffeId', 'Ip', 'Cidr'].includes(kind);
}
