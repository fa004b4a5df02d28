//go:build linux || darwin || freebsd

package doctor

import "syscall"

// space returns how many bytes a folder's disk has, free and in all.
func space(folder string) (free, total uint64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, 0, err
	}
	size := uint64(s.Bsize)                              //nolint:unconvert // its type differs between systems
	return uint64(s.Bavail) * size, s.Blocks * size, nil //nolint:unconvert // so does this one
}
