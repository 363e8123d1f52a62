/*
 * Settings of pods that fit Pod Security "restricted".
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */

/** A user other than root that owns files in no image. It is the group, too. */
export const POD_USER = 65532;

/** User of a container whose files and processes another container of the pod must not reach. */
export const OTHER_POD_USER = 65531;

export const RESTRICTED_POD = { seccompProfile: { type: 'RuntimeDefault' } } as const;

export const RESTRICTED_CONTAINER = {
  runAsNonRoot: true,
  runAsUser: POD_USER,
  runAsGroup: POD_USER,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;

/** A container of another user than the others. */
export const RESTRICTED_SIDECAR = {
  ...RESTRICTED_CONTAINER,
  runAsUser: OTHER_POD_USER,
  runAsGroup: OTHER_POD_USER,
} as const;
