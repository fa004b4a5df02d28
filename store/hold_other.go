//go:build !unix

package store

import "os"

// lockFile takes nothing where the system has no such lock: whoever runs two
// servers on one file there is not stopped.
func lockFile(*os.File) (bool, error) { return true, nil }
