//go:build tools

// Package tools names the command to build, so that `go mod tidy` keeps what it needs.
package tools

import _ "github.com/puppetlabs/vault-plugin-secrets-oauthapp/v3/cmd/vault-plugin-secrets-oauthapp"
