import { extensions, type Uri } from 'vscode';

/** The part of the Python extension's API that is used here (`environments`, since 2023). */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath?(resource?: Uri): { readonly path: string };
    resolveEnvironment?(environment: {
      readonly path: string;
    }): Promise<{ readonly executable: { readonly uri?: Uri } } | undefined>;
  };
}

/**
 * The interpreter that the user chose for a folder in the Python extension, which is activated for
 * this; undefined without the extension or a choice.
 *
 * @throws what the other extension throws
 */
export async function readChosenInterpreter(folder: Uri): Promise<string | undefined> {
  const api = await extensions.getExtension<PythonApi | undefined>('ms-python.python')?.activate();
  const environment = api?.environments?.getActiveEnvironmentPath?.(folder);
  if (!environment) return undefined;
  // The path may be an environment's folder; resolved, it is a program.
  const resolved = await api?.environments?.resolveEnvironment?.(environment);
  return resolved?.executable.uri?.fsPath ?? environment.path;
}
