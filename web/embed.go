// Package web holds what the web UI was built to: the inbox in dist/app, the
// visitor's widget in dist/widget.
package web

import "embed"

// Dist is the built files. On a clean checkout it has none of them: `make build`
// makes them.
//
//go:embed all:dist
var Dist embed.FS
