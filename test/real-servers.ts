/** Time limit of a hanging test. A test that repeats itself on a slow machine takes up to half an hour. */
jest.setTimeout(3_600_000);
