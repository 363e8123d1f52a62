/** Where those client secrets are mounted. */
export function healingPathOf(mountPath: string): string {
  return `${mountPath}-healing`;
}

/** Where the client secret of an integration is. @param integrationName in the engine */
export function healingSecretPath(healingPath: string, integrationName: string): string {
  return `${healingPath}/${integrationName}`;
}
