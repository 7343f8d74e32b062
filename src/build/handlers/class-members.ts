import type { ClassBody, Expression, MethodDefinition, PropertyDefinition } from "acorn";
import type { Binding, Scope } from "../module-scope.ts";

export interface ClassMembers {
  /** What an instance has that can be called. */
  readonly methods: readonly string[];
  readonly statics: readonly string[];
  /** Whether it may have more: a class that isn't in this module is its base. */
  readonly open: boolean;
}

/** What can be called of a class, with what it inherits. */
export function classMembers(binding: Binding & { readonly kind: "class" }, scope: Scope): ClassMembers {
  const inherited = baseMembers(binding.superClass, scope);
  return {
    methods: [...new Set([...functionsOf(binding.body, false), ...inherited.methods])],
    statics: [...new Set([...functionsOf(binding.body, true), ...inherited.statics])],
    open: inherited.open,
  };
}

function baseMembers(base: Expression | null | undefined, scope: Scope): ClassMembers {
  if (base === null || base === undefined) return { methods: [], statics: [], open: false };
  const binding = base.type === "Identifier" ? scope.get(base.name) : undefined;
  if (base.type !== "Identifier" || binding?.kind !== "class") return { methods: [], statics: [], open: true };
  // A name that stands for itself would be followed forever.
  const rest = new Map(scope);
  rest.delete(base.name);
  return classMembers(binding, rest);
}

function functionsOf({ body }: ClassBody, isStatic: boolean): readonly string[] {
  return body.flatMap((member) => {
    if (member.type !== "MethodDefinition" && member.type !== "PropertyDefinition") return [];
    const { computed, key } = member;
    // What is private by the language or by custom is called by the class itself.
    if (member.static !== isStatic || computed || key.type !== "Identifier" || key.name.startsWith("_")) return [];
    return isFunction(member) ? [key.name] : [];
  });
}

function isFunction(member: MethodDefinition | PropertyDefinition): boolean {
  if (member.type === "MethodDefinition") return member.kind === "method";
  return member.value?.type === "ArrowFunctionExpression" || member.value?.type === "FunctionExpression";
}
