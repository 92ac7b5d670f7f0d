import { join, relative } from "node:path";
import ts from "typescript";
import type { Offence, SourceText } from "./offence.ts";
import { ROOT } from "./repository.ts";

const SETTINGS: ts.CompilerOptions = (() => {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile);
  return ts.parseJsonConfigFileContent(config, ts.sys, ROOT).options;
})();

/** A program over files that need not exist on disk, with the repository's own settings and paths. */
export function programOf(files: readonly SourceText[], settings: ts.CompilerOptions = {}): ts.Program {
  const options = { ...SETTINGS, ...settings, noEmit: true };
  const texts = new Map(files.map(({ path, text }) => [join(ROOT, path), text]));
  const host = ts.createCompilerHost(options, true);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, target, ...rest) => {
    const text = texts.get(path);
    return text === undefined ? getSourceFile(path, target, ...rest) : ts.createSourceFile(path, text, target, true);
  };
  return ts.createProgram([...texts.keys()], options, host);
}

/** What the compiler says against these files. */
export function compile(files: readonly SourceText[]): Offence[] {
  const program = programOf(files, {
    noUnusedLocals: false,
    noUnusedParameters: false,
    moduleDetection: ts.ModuleDetectionKind.Force,
  });
  return files.flatMap(({ path }) => {
    const source = program.getSourceFile(join(ROOT, path));
    if (source === undefined) return [{ path, line: 1, reason: "was not compiled" }];
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((fault) => ({
      path: relative(ROOT, fault.file?.fileName ?? join(ROOT, path)),
      line: source.getLineAndCharacterOfPosition(fault.start ?? 0).line + 1,
      reason: ts.flattenDiagnosticMessageText(fault.messageText, " "),
    }));
  });
}
