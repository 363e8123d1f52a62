/**
 * How long a read under way may go on at the end of a program. A reader who hangs up while the engine refreshes a token can
 * lose a grant whose refresh token rotates. The engine waits 12 s for Webex by default, and as long for a refresh before it.
 */
export const REFRESH_WAIT_MS = 25_000;
