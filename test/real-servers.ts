/** Servers, and on a new machine their downloads and builds, take their time; a test that hangs still ends. */
jest.setTimeout(600_000);
