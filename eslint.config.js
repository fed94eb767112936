import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** A literal that is taken apart where it stands; `.expression` is one with `as const` behind it. */
const takenApart = (kind) =>
  [
    `VariableDeclarator[id.type="${kind}Pattern"][init.type="${kind}Expression"]`,
    `VariableDeclarator[id.type="${kind}Pattern"][init.expression.type="${kind}Expression"]`,
    `AssignmentExpression[left.type="${kind}Pattern"][right.type="${kind}Expression"]`,
    `AssignmentExpression[left.type="${kind}Pattern"][right.expression.type="${kind}Expression"]`,
  ].join(', ');

/** A literal that is spread where it stands. `...(isKnown && { name })` is none: it may add nothing. */
const spreadAtOnce = (kind) =>
  [
    `SpreadElement[argument.type="${kind}Expression"]`,
    `SpreadElement[argument.expression.type="${kind}Expression"]`,
  ].join(', ');

export default defineConfig(
  globalIgnores(['lib/', 'dist/', 'coverage/']),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: 'error',
      'no-param-reassign': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: takenApart('Array'),
          message: 'Write a statement for each variable: const a = 1; const b = 2;',
        },
        {
          selector:
            'VariableDeclarator[id.type="ArrayPattern"][init.callee.object.type="ArrayExpression"]',
          message: 'Write a statement for each variable, in place of [1, 2].map(…).',
        },
        {
          selector: takenApart('Object'),
          message: 'Write a statement for each variable: const a = 1; const b = 2;',
        },
        {
          selector: spreadAtOnce('Array'),
          message: 'Write the elements where they belong, without an array around them.',
        },
        {
          selector: spreadAtOnce('Object'),
          message: 'Write the properties where they belong, without an object around them.',
        },
      ],
      '@typescript-eslint/array-type': ['error', { default: 'array-simple' }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unsafe-type-assertion': 'error',
      // Logto's and Node's types ask for async functions that need not await.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  { files: ['**/*.js', '**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
);
