import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.vscode-test/', 'test-results/'] },
  js.configs.recommended,
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      // `import { type A }` would stay behind as an import of the whole file at run time.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      eqeqeq: 'error',
    },
  },
  {
    // The core runs from a terminal too, and what is shown is worked out without VS Code.
    files: ['src/**/*.ts'],
    ignores: ['src/vscode/*.ts', 'src/vscode/!(model)/**', 'src/extension.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'vscode',
              message: 'Only src/extension.ts and src/vscode/, without its model/, may.',
            },
          ],
        },
      ],
    },
  },
  {
    // What is shown is text: a domain or a program's last words must not become a link of ours.
    files: ['src/vscode/**/*.ts', 'src/extension.ts'],
    ignores: ['src/vscode/window/plain-window.ts', 'src/vscode/window/step-input.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...[
          'showInformationMessage',
          'showWarningMessage',
          'showErrorMessage',
          'showInputBox',
          'showQuickPick',
          'createInputBox',
          'createQuickPick',
          'setStatusBarMessage',
          'withProgress',
        ].map((property) => ({
          object: 'window',
          property,
          message: 'It may make a link of what it shows: go through plain-window.ts.',
        })),
      ],
    },
  },
  {
    files: ['scripts/**/*.mjs', 'test/verifiers/**/*.mjs', '*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
);
