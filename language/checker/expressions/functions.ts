// Checks what a file declares for all of its rules: `let`s, predicates and functions. Each is
// checked where it is declared, in a scope without limits. A call is inlined: the body is checked
// again with the arguments, because only they show how it moves with time.

import { type Diagnostic, Reporter } from '../../diagnostics/diagnostics.ts';
import type { Binding, Expr, Variable } from '../../model/model.ts';
import { hasAllItems } from '../../support/all-there.ts';
import type { Span } from '../../support/source.ts';
import type { CallNode, FunctionNode, LetNode } from '../../syntax/ast.ts';
import { bool, type Type, typeName } from '../../types/types.ts';
import { isVocabulary } from '../../vocabulary/vocabulary.ts';
import type { Context } from '../context.ts';
import type { Declarations, FunctionDeclarations } from '../declarations/declarations.ts';
import { ScopeView, type Shapes } from '../declarations/shapes.ts';
import { relateDeclaration, relateFirstDeclaration } from '../related.ts';
import { checkLocalName } from '../shadowing.ts';
import { explainConversion } from './conversion.ts';
import { type DefinitionNode, Definitions } from './definitions.ts';
import { depthLimit, measureDepth } from './depth.ts';
import type { Env, Local } from './env.ts';
import { ExpressionChecker } from './expressions.ts';
import { createMemberLookup, describeOutside, lacks } from './fitting.ts';

/** The maximum number of expressions in one call after inlining. */
const callLimit = 5_000;
/** The maximum number for all calls of a policy. */
const policyLimit = 100_000;

interface Signature {
  readonly parameters: readonly { readonly name: string; readonly type: Type }[];
  readonly result: Type;
}

export class Functions implements FunctionDeclarations {
  readonly #context: Context;
  readonly #declarations: Declarations;
  readonly #definitions: Definitions;
  readonly #lets = new Map<LetNode, Binding | undefined>();
  /** A signature is `undefined` if its errors have been reported. */
  readonly #signatures = new Map<FunctionNode, Signature | undefined>();
  /** Errors in predicates of a vocabulary, which are reported at the call. */
  readonly #faults = new Map<FunctionNode, Diagnostic>();
  #env: Omit<Env, 'locals'> | undefined;
  #spent = 0;
  /** The number of nested calls that are being inlined. */
  #callDepth = 0;

  constructor(context: Context, declarations: Declarations) {
    this.#context = context;
    this.#declarations = declarations;
    this.#definitions = new Definitions(context);
  }

  /** Before the shapes are known, only constants can be checked. */
  setShapes(shapes: Shapes, span: Span): void {
    const everything = { subjects: undefined, actions: undefined, resources: undefined };
    this.#env = {
      view: new ScopeView(shapes, everything, span),
      hasContext: shapes.context !== undefined,
      hasTime: shapes.context?.members.has('time') === true,
      everywhere: true,
    };
  }

  /**
   * Checks the dependencies of a definition and the definition itself, unless that has been done.
   */
  prepare(node: DefinitionNode): void {
    for (const definitionNode of this.#definitions.inOrder(node)) {
      if (definitionNode.kind === 'Const') {
        if (!this.#definitions.isCircular(definitionNode))
          this.#declarations.checkConstant(definitionNode);
      } else if (definitionNode.kind === 'Let')
        this.#lets.set(definitionNode, this.#checkLet(definitionNode));
      else this.#signatures.set(definitionNode, this.#checkDeclared(definitionNode));
    }
  }

  let(node: LetNode): Binding | undefined {
    this.prepare(node);
    return this.#lets.get(node);
  }

  #checkLet(node: LetNode): Binding | undefined {
    if (this.#definitions.isCircular(node)) return undefined;
    const value = this.#expressions(this.#context, new Map())?.infer(node.value);
    if (value === undefined || this.#isTooDeep(this.#context, value, node.name.span))
      return undefined;
    return { name: node.name.text, value, span: node.name.span };
  }

  #isTooDeep(context: Context, value: Expr, span: Span): boolean {
    const deep = measureDepth(value) > depthLimit;
    if (deep)
      context.reporter.report('too-many', span, {
        what: 'levels in an expression and the `let`s that it uses',
        limit: depthLimit,
      });
    return deep;
  }

  #checkDeclared(node: FunctionNode): Signature | undefined {
    if (!isVocabulary(node.span.file)) return this.#checkFunction(this.#context, node);
    const reporter = new Reporter();
    const signature = this.#checkFunction(this.#context.withReporter(reporter), node);
    const fault = findFirstError(reporter);
    if (fault !== undefined) this.#faults.set(node, fault);
    return signature;
  }

  #checkFunction(context: Context, node: FunctionNode): Signature | undefined {
    if (this.#definitions.isCircular(node) || this.#isTooLarge(context, node)) return undefined;
    const locals = new Map<string, Local>();
    for (const { name, type: typeNode } of node.parameters) {
      const type = this.#declarations.types.resolve(typeNode);
      if (type === undefined) continue;
      const first = node.parameters.find((other) => other.name.text === name.text);
      if (locals.has(name.text) && first !== undefined) {
        const related = relateFirstDeclaration(first.name.span);
        context.reporter.report('duplicate-name', name.span, { name: name.text }, { related });
      }
      checkLocalName(context, name);
      locals.set(name.text, { name: name.text, type, path: name.text, isParameter: true });
    }
    const result = node.result === undefined ? bool : this.#declarations.types.resolve(node.result);
    if (result === undefined || locals.size < node.parameters.length) return undefined;
    const body = this.#body(context, node, result, locals);
    if (body === undefined) return undefined;
    const parameters = [...(locals as ReadonlyMap<string, Variable>).values()];
    return { parameters, result };
  }

  #isTooLarge(context: Context, node: FunctionNode): boolean {
    const { size, depth } = this.#definitions.findExtent(node);
    const report = (what: string, limit: number) =>
      context.reporter.report('too-many', node.name.span, { what, limit });
    if (size > callLimit)
      report('expressions in a predicate or function and those that it calls', callLimit);
    else if (depth > depthLimit)
      report('levels in an expression and the functions that it calls', depthLimit);
    return size > callLimit || depth > depthLimit;
  }

  #expressions(context: Context, locals: Env['locals']): ExpressionChecker | undefined {
    return (
      this.#env && new ExpressionChecker(context, this.#declarations, { ...this.#env, locals })
    );
  }

  #body(
    context: Context,
    node: FunctionNode,
    result: Type,
    locals: Env['locals'],
  ): Expr | undefined {
    const body = this.#expressions(context, locals)?.infer(node.body, result);
    if (body === undefined) return undefined;
    const mismatch = lacks(result, body.type) ?? describeOutside(result, body);
    if (mismatch === undefined) return body;
    context.reporter.report(
      'wrong-type',
      node.body.span,
      { expected: typeName(result), found: typeName(body.type) },
      { label: mismatch },
    );
    return undefined;
  }

  // --- calls -------------------------------------------------------------------------------------

  /**
   * `context` reports errors of the call, and `infer` types the arguments in the caller's scope.
   */
  call(
    context: Context,
    node: CallNode,
    declared: FunctionNode,
    infer: (argument: CallNode['args'][number], type: Type) => Expr | undefined,
  ): Expr | undefined {
    this.prepare(declared);
    const signature = this.#signatures.get(declared);
    const fault = this.#faults.get(declared);
    if (fault !== undefined) this.#reportAtCall(context, fault, declared, node.span);
    if (signature === undefined) return undefined;
    const { parameters, result } = signature;
    const name = declared.name.text;
    if (parameters.length !== node.args.length) {
      context.reporter.report(
        'wrong-arity',
        node.span,
        { name, expected: parameters.length, found: node.args.length },
        {
          related: relateDeclaration(declared.name.span),
        },
      );
      return undefined;
    }
    const bound = parameters.map((parameter, index) => {
      const argument = node.args[index] as CallNode['args'][number];
      const value = infer(argument, parameter.type);
      return value && this.#argument(context, declared, parameter, value, argument.span);
    });
    if (!hasAllItems(bound)) return undefined;
    const bindings: readonly Binding[] = bound;
    const locals = new Map(bindings.map((binding) => [binding.name, binding]));
    return this.#inline(context, node, declared, result, locals);
  }

  #argument(
    context: Context,
    declared: FunctionNode,
    { name, type }: Signature['parameters'][number],
    value: Expr,
    span: Span,
  ): Binding | undefined {
    const mismatch =
      lacks(type, value.type, createMemberLookup(value)) ?? describeOutside(type, value);
    if (mismatch === undefined) return { name, value, span };
    context.reporter.report(
      'wrong-argument',
      span,
      {
        name,
        callee: declared.name.text,
        expected: typeName(type),
        found: typeName(value.type),
      },
      {
        label: mismatch,
        related: declared.parameters
          .filter((parameter) => parameter.name.text === name)
          .map(({ span: place }) => ({ span: place, message: 'declared here' })),
        ...explainConversion(type, value),
      },
    );
    return undefined;
  }

  #inline(
    context: Context,
    node: CallNode,
    declared: FunctionNode,
    result: Type,
    locals: ReadonlyMap<string, Binding>,
  ): Expr | undefined {
    const { span } = node;
    if (this.#isTooMuch(context, declared, span)) return undefined;
    const reporter = new Reporter();
    this.#callDepth += 1;
    const value = this.#body(context.withReporter(reporter), declared, result, locals);
    this.#callDepth -= 1;
    const diagnostic = findFirstError(reporter);
    if (diagnostic !== undefined) this.#reportAtCall(context, diagnostic, declared, span);
    if (value === undefined || this.#isTooDeep(context, value, span)) return undefined;
    const binding: Binding = { name: declared.name.text, value, span };
    return { kind: 'Binding', binding, type: value.type, span };
  }

  #isTooMuch(context: Context, declared: FunctionNode, span: Span): boolean {
    // The extent of a call includes the calls within it.
    if (this.#callDepth === 0) this.#spent += this.#definitions.findExtent(declared).size;
    const tooMuch = this.#spent > policyLimit;
    if (tooMuch)
      context.reporter.report('too-many', span, {
        what: 'expressions in all calls of a policy after substitution',
        limit: policyLimit,
      });
    return tooMuch;
  }

  /** Reports an error of the body at the call, with its position. */
  #reportAtCall(
    context: Context,
    diagnostic: Diagnostic,
    declared: FunctionNode,
    span: Span,
  ): void {
    const place = { span: diagnostic.span, message: `in \`${declared.name.text}\`` };
    context.reporter.reportAgain(diagnostic, span, [place, ...diagnostic.related]);
  }
}

/** Warnings that depend on the arguments are an error neither of the body nor of the call. */
function findFirstError(reporter: Reporter): Diagnostic | undefined {
  return reporter.diagnostics.find(({ severity }) => severity === 'error');
}
