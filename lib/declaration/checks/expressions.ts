import type { Deployment } from '../schema/deployment';

/**
 * Terraform would replace an expression in a declared text. References of CDKTF are meant for Terraform, so they are accepted.
 * The parts that decide about logins accept no reference.
 */
export function expressionProblem({ vault, apps, operators, ...others }: Deployment): string | undefined {
  // Not checked: values of a chart, because they are escaped, and settings of a backend, because they are Terraform's own.
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
  return (
    expression &&
    `${field} must not have ${JSON.stringify(expression)} in it, which Terraform would replace; write the intended text itself`
  );
}

function expressionIn(value: unknown, expression: RegExp): string | undefined {
  // Wrapped in an array, because `JSON.stringify(undefined)` returns `undefined`.
  return expression.exec(JSON.stringify([value]))?.[0];
}
