/**
 * Where the app's container has its tokens, each in a file that is called like its credential: the same by each deliverer
 * that leaves them in files, so that the app need not know which.
 */
export const TOKENS_FOLDER = '/var/run/secrets/webex';
