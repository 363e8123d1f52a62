/** What differs between Vault and OpenBao as containers. */
export const VAULT_SERVER_FLAVOURS = {
  openbao: { image: 'openbao/openbao:2.7.2', cli: 'bao', folder: '/openbao', prefix: 'BAO', capabilities: [] },
  vault: {
    image: 'hashicorp/vault:2.1.1',
    cli: 'vault',
    folder: '/vault',
    prefix: 'VAULT',
    // The image's binary asks for it, to keep its memory out of swap, and is not run without. OpenBao has given that up.
    capabilities: ['CAP_IPC_LOCK'],
  },
} as const;
