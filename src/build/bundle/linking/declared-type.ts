import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { nodeIn, nodesIn, parseFile, type SyntaxNode } from "../../syntax.ts";

/** What stands for a type in the metadata of decorators: another type, such as `string`, if that says more than `Object`. */
export interface DeclaredType {
  readonly text: string | undefined;
}

export const TYPESCRIPT: RegExp = /\.[cm]?tsx?$/;

/** Follows what a file passes on. */
export function declaredType(file: string, name: string, seen: Set<string> = new Set()): DeclaredType | undefined {
  if (seen.has(`${name} ${file}`) || !TYPESCRIPT.test(file)) return undefined;
  seen.add(`${name} ${file}`);
  const body = nodesIn(parseFile(file, readFileSync(file, "utf8")), "body");
  for (const statement of body) {
    const isDefault = statement.type === "ExportDefaultDeclaration";
    const isExport = isDefault || statement.type === "ExportNamedDeclaration";
    const declaration = isExport ? nodeIn(statement, "declaration") : statement;
    if (isDefault && name === "default" && declaration?.type === "Identifier")
      return declaredType(file, String(declaration["name"]), seen);
    if (isDefault ? name !== "default" : nodeIn(declaration, "id")?.["name"] !== name) continue;
    if (declaration?.type === "TSInterfaceDeclaration") return { text: undefined };
    if (declaration?.type !== "TSTypeAliasDeclaration") continue;
    const isGeneric = nodeIn(declaration, "typeParameters") !== undefined;
    const type = isGeneric ? undefined : nodeIn(declaration, "typeAnnotation");
    return { text: type === undefined ? undefined : metadataText(type, (other) => declaredType(file, other, seen)) };
  }
  for (const statement of body) {
    const found = passedOn(statement, name, (from, passed) =>
      from === undefined
        ? declaredType(file, passed, seen)
        : from.startsWith(".")
          ? declaredType(Bun.resolveSync(from, dirname(file)), passed, seen)
          : undefined,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @param find asks a module, or the same file, for what the statement passes on under that name */
function passedOn(
  statement: SyntaxNode,
  name: string,
  find: (from: string | undefined, passed: string) => DeclaredType | undefined,
): DeclaredType | undefined {
  const from = nodeIn(statement, "source")?.["value"];
  const source = typeof from === "string" ? from : undefined;
  if (statement.type === "ExportAllDeclaration")
    return nodeIn(statement, "exported") === undefined ? find(source, name) : undefined;
  for (const one of nodesIn(statement, "specifiers")) {
    const isImport = statement.type === "ImportDeclaration";
    if (nameOf(one, isImport ? "local" : "exported") !== name) continue;
    if ([statement, one].some((kind) => kind["importKind"] === "type" || kind["exportKind"] === "type"))
      return { text: undefined };
    const passed = one.type === "ImportDefaultSpecifier" ? "default" : nameOf(one, isImport ? "imported" : "local");
    if (isImport || source !== undefined || passed !== name) return find(source, passed);
  }
  return undefined;
}

/** A type of the same metadata, in no other words than the language's. */
function metadataText(type: SyntaxNode, find: (name: string) => DeclaredType | undefined): string | undefined {
  switch (type.type) {
    case "TSStringKeyword":
    case "TSTemplateLiteralType":
      return "string";
    case "TSNumberKeyword":
    case "TSBooleanKeyword":
    case "TSBigIntKeyword":
    case "TSSymbolKeyword":
    case "TSNullKeyword":
    case "TSUndefinedKeyword":
      return type.type.slice("TS".length, -"Keyword".length).toLowerCase();
    case "TSLiteralType":
      return literalText(nodeIn(type, "literal"));
    case "TSArrayType":
    case "TSTupleType":
      return "unknown[]";
    case "TSTypeOperator":
      return type["operator"] === "readonly" ? "unknown[]" : undefined;
    case "TSFunctionType":
    case "TSConstructorType":
      return "() => void";
    case "TSUnionType": {
      const texts = nodesIn(type, "types").map((one) => metadataText(one, find));
      return texts.includes(undefined) ? undefined : [...new Set(texts)].join(" | ");
    }
    case "TSTypeReference": {
      const name = nodeIn(type, "typeArguments") === undefined ? nodeIn(type, "typeName")?.["name"] : undefined;
      return typeof name === "string" ? find(name)?.text : undefined;
    }
    default:
      return undefined;
  }
}

function literalText(literal: SyntaxNode | undefined): string | undefined {
  if (literal?.type === "TemplateLiteral") return "string";
  // A minus in front.
  const value = literal?.type === "UnaryExpression" ? 0 : literal?.["value"];
  return literal === undefined ? undefined : typeof value === "object" ? undefined : typeof value;
}

/** A name in a field, which may be written as a string. */
export function nameOf(node: SyntaxNode, field: string): string {
  const name = nodeIn(node, field);
  return String(name?.["name"] ?? name?.["value"]);
}
