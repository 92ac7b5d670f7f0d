/**
 * Takes away from this thread what no expression needs: the ways to compile text as JavaScript, the process, and changing
 * what all objects inherit. The evaluator gives an expression none of them; this is a second barrier behind it.
 */
export function restrictThread(): void {
  const functions = [() => undefined, async () => undefined, function* () {}, async function* () {}];
  for (const one of functions) Reflect.deleteProperty(Object.getPrototypeOf(one) as object, "constructor");
  Reflect.deleteProperty(Object.prototype, "__proto__");
  for (const type of [Object, Array, String, Number, Boolean, Function, Promise, RegExp, Map, Set, Error]) {
    Object.preventExtensions(type.prototype);
  }
  for (const name of ["process", "eval", "Function", "fetch", "WebSocket", "EventSource"]) {
    Reflect.deleteProperty(globalThis, name);
  }
}
