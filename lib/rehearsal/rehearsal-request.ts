import type { Deployment } from '../declaration/schema/deployment';

/*
 * The work that the program gives to the rehearsal. In a clone the rehearsal is a part of the program, and elsewhere a
 * program of its own.
 */

export interface QuickstartRequest {
  readonly kind: 'quickstart';
  /** Declaration to rehearse. @default - the example */
  readonly declared?: Deployment;
  /** Name of its file, for a message. */
  readonly file: string;
  /** Whether the servers run until the signal. */
  readonly keep: boolean;
  /** Path of the main file of webex-token-vault, which the stack and the shells of the rehearsal run. */
  readonly program: string;
  /** Path of the plugin of the release. @default - the one of `OAUTHAPP_PLUGIN`, of the cache or a new build */
  readonly plugin?: string;
}

export interface SimulationRequest {
  readonly kind: 'simulate-webex';
  /** Port on 127.0.0.1; 0 is one that is free. */
  readonly port: number;
  readonly redirectUrls: readonly string[];
  readonly scopes: readonly string[];
}

export type RehearsalRequest = QuickstartRequest | SimulationRequest;

/** A simulated Webex that runs. */
export interface SimulatedWebex {
  /** Such as `http://127.0.0.1:8080/v1`. */
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUrls: readonly string[];
  readonly scopes: readonly string[];
  /** Emails of the people who can consent. */
  readonly people: readonly string[];
}

export interface RehearsalListener {
  /** Ends the rehearsal, which removes everything that it started. */
  readonly signal: AbortSignal;
  /** Gets a line about a download. @default - none */
  readonly report?: (line: string) => void;
  /** Shows the consent URL to a person. @default - consent is given automatically */
  readonly onConsentUrl?: (url: string, over: AbortSignal) => void;
  /** Gets the simulated Webex when it answers. */
  readonly onWebex?: (webex: SimulatedWebex) => void;
}

/** Does the work, and ends when all that it started has ended. @throws the error of the step that failed */
export type RunRehearsal = (request: RehearsalRequest, listener: RehearsalListener) => Promise<void>;
