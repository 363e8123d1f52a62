"""Tests of the adapters for SDKs, each on the real SDK."""
