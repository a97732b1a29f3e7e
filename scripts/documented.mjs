/**
 * A plugin for TypeDoc: whatever is declared under a name and exported must be documented.
 *
 * TypeDoc's own check asks for more than a reader needs: also for a comment on each member of an anonymous type, such as
 * one arm of a union or the fields of a byte layout, whose owner's comment explains them all, and on the literal that
 * tells the arms apart (`kind: "offer"`).
 */
import { relative } from "node:path";
import { Converter, ReflectionKind } from "typedoc";
import ts from "typescript";

const { Accessor, Class, Function: Function_, Interface, Method, Property, TypeAlias, Variable } = ReflectionKind;
const KINDS = Accessor | Class | Function_ | Interface | Method | Property | TypeAlias | Variable;

/** Comments are complete only when inherited ones have been resolved. */
const AFTER_ALL_OTHERS = -1000;

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_END, (context) => report(context, app.logger), AFTER_ALL_OTHERS);
}

function report(context, logger) {
  const reported = new Set();
  for (const reflection of context.project.getReflectionsByKind(KINDS)) {
    const symbol = context.getSymbolFromReflection(reflection);
    if (!symbol || reported.has(symbol) || hasComment(reflection) || !symbol.declarations?.some(wantsComment)) continue;
    reported.add(symbol);
    const file = relative(process.cwd(), symbol.declarations[0].getSourceFile().fileName);
    logger.validationWarning(`${reflection.getFriendlyFullName()} in ${file} is not documented`);
  }
}

/** A function's comment is kept with its signatures, also when a property holds the function. */
function hasComment(reflection) {
  if (reflection.hasComment()) return true;
  const ofType = reflection.type?.type === "reflection" ? (reflection.type.declaration.signatures ?? []) : [];
  return [...reflection.getAllSignatures(), ...ofType].some((signature) => signature.hasComment());
}

function wantsComment(declaration) {
  if (declaration.getSourceFile().isDeclarationFile) return false; // of another package, or of the language
  const parent = declaration.parent;
  if (ts.isInterfaceDeclaration(parent)) return !(declaration.type && ts.isLiteralTypeNode(declaration.type));
  return ts.isClassDeclaration(parent) || ts.isSourceFile(parent) || ts.isVariableDeclarationList(parent);
}
