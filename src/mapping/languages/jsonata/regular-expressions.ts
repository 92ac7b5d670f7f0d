import type { RE2JS } from "re2js";
import type { Meter } from "./meter.ts";
import { compilePattern } from "./patterns.ts";

/** What JSONata reads of a match. */
interface Match extends Array<string | null> {
  index: number;
}

/** What JSONata uses of a regular expression. */
interface RegularExpression {
  lastIndex: number;
  exec(text: string): Match | null;
}

/** The class of regular expressions that JSONata evaluates with, instead of JavaScript's own: RE2, whose work is counted. */
export function regexEngine(meter: Meter): new (pattern: RegExp) => RegularExpression {
  const compiled = new WeakMap<RegExp, RE2JS>();
  return class implements RegularExpression {
    lastIndex = 0;
    readonly #re2: RE2JS;

    constructor(pattern: RegExp) {
      const re2 = compiled.get(pattern) ?? compilePattern(pattern);
      compiled.set(pattern, re2);
      this.#re2 = re2;
    }

    exec(text: string): Match | null {
      if (this.lastIndex > text.length) return null;
      meter.countSearch(text.length - this.lastIndex, this.#re2.programSize());
      const matcher = this.#re2.matcher(text);
      if (!matcher.find(this.lastIndex)) return null;
      this.lastIndex = matcher.end();
      const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group));
      return Object.assign(groups, { index: matcher.start() });
    }
  };
}
