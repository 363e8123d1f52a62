/** What differs between Vault and OpenBao as containers. */
export const SERVER_PRODUCTS = {
  openbao: { image: 'openbao/openbao:2.7.2', cli: 'bao', folder: '/openbao', prefix: 'BAO' },
  vault: { image: 'hashicorp/vault:2.1.1', cli: 'vault', folder: '/vault', prefix: 'VAULT' },
} as const;
