import { commandReference } from './command-reference';
import { declarationReference } from './declaration/declaration-reference';
import { deploymentSchemaReference } from './declaration/deployment-schema';
import { metricsReference } from './metrics-reference';
import type { Reference } from './reference';

/** Each generated reference. To add one, write a file that exports a `Reference`, and name it here. */
export const REFERENCES: readonly Reference[] = [
  declarationReference,
  deploymentSchemaReference,
  commandReference,
  metricsReference,
];
