/*
 * Settings of pods that fit Pod Security "restricted".
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */

/** A user other than root that owns files in no image. It is the group, too. */
export const POD_USER = 65532;

export const RESTRICTED_POD = { seccompProfile: { type: 'RuntimeDefault' } } as const;

export const RESTRICTED_CONTAINER = {
  runAsNonRoot: true,
  runAsUser: POD_USER,
  runAsGroup: POD_USER,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;
