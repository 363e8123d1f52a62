import type { Delivery } from '../delivery';
import type { Manifest } from '../manifest';

/** A way by which pods get their access tokens. */
export interface Deliverer {
  /** What has to be known of it, a line each: what it needs, where the token is kept, how it is told of a new one. */
  readonly notes: (delivery: Delivery) => readonly string[];
  readonly manifests: (delivery: Delivery) => readonly Manifest[];
}
