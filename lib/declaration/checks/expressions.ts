import type { Deployment } from '../schema/deployment';
import { InvalidDeployment } from './invalid-deployment';

/**
 * Declared texts are told to the letter: Terraform would put another text in the place of an expression. A reference of
 * CDKTF is for Terraform to look up, but not in what decides who may log in.
 */
export function checkExpressions({ vault, apps, operators, ...others }: Deployment): void {
  // The values of a chart are escaped, as a shell's variables may be in them; a backend has settings of Terraform itself.
  const { address, namespace } = vault;
  const { webex, engine, integrations, credentials } = others;
  const logins = { apps, operators };
  const rest = { integrations, credentials, engine, webex, vault: { address, namespace } };
  const found = [
    ...Object.entries(logins).map(([field, value]) => [field, expressionIn(value, /[$%]\{[^"}]*\}?/)] as const),
    ...Object.entries(rest).map(
      ([field, value]) => [field, expressionIn(value, /[$%]\{(?!TfToken\[)[^"}]*\}?/)] as const,
    ),
  ];
  const [field, expression] = found.find(([, each]) => each !== undefined) ?? [];
  if (expression !== undefined) {
    throw new InvalidDeployment(
      `${field} must not have ${JSON.stringify(expression)} in it, which Terraform would put another text in the place of; write that text itself`,
    );
  }
}

function expressionIn(value: unknown, expression: RegExp): string | undefined {
  // In a list, since of nothing JSON is no text.
  return expression.exec(JSON.stringify([value]))?.[0];
}
