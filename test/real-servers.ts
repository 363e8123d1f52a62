/** Ends a test that hangs. A test that repeats itself on a late machine takes up to half an hour. */
jest.setTimeout(3_600_000);
