import { extensions, type Uri } from 'vscode';

/** The parts of the Python extension's API that are used here (its `environments`, since 2023). */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath?(resource?: Uri): { readonly path: string };
    resolveEnvironment?(environment: {
      readonly path: string;
    }): Promise<{ readonly executable: { readonly uri?: Uri } } | undefined>;
  };
}

/**
 * The interpreter a user chose for a folder in the Python extension, which is activated for that;
 * undefined without the extension, without a choice, or where it cannot say.
 *
 * @throws whatever keeps the other extension from answering
 */
export async function readChosenInterpreter(folder: Uri): Promise<string | undefined> {
  const api = await extensions.getExtension<PythonApi | undefined>('ms-python.python')?.activate();
  const environment = api?.environments?.getActiveEnvironmentPath?.(folder);
  if (!environment) return undefined;
  // The path may be an environment's folder; resolved, it is a program.
  const resolved = await api?.environments?.resolveEnvironment?.(environment);
  return resolved?.executable.uri?.fsPath ?? environment.path;
}
