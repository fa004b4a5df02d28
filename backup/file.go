package backup

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"parley/desk"
)

// Save writes a backup to a file that does not exist yet, readable by its owner
// only, and reads it again to check it. With a passphrase the file is encrypted
// (age, scrypt). The file appears under its name only when it is whole.
func Save(ctx context.Context, src Source, path, passphrase string) (Manifest, error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, desk.Errorf(desk.Conflict, "There is a file %s already. Give another name: a backup never writes over anything.", path)
	}
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return Manifest{}, desk.Errorf(desk.Invalid, "The backup cannot be written: %s", err)
	}
	defer os.Remove(part) // after the rename there is nothing to remove
	m, err := save(ctx, src, f, passphrase)
	if err = errors.Join(err, f.Close()); err != nil {
		return m, err
	}
	if _, err := Check(ctx, part, passphrase); err != nil {
		return m, err
	}
	if err := os.Rename(part, path); err != nil {
		return m, err
	}
	return m, syncDir(filepath.Dir(path))
}

func save(ctx context.Context, src Source, f *os.File, passphrase string) (Manifest, error) {
	buffered := bufio.NewWriterSize(f, 1<<20)
	var out io.Writer = buffered
	finish := func() error { return nil }
	if passphrase != "" {
		to, err := age.NewScryptRecipient(passphrase)
		if err != nil {
			return Manifest{}, err
		}
		sealed, err := age.Encrypt(out, to)
		if err != nil {
			return Manifest{}, err
		}
		out, finish = sealed, sealed.Close
	}
	m, err := Write(ctx, src, out)
	if err != nil {
		return m, err
	}
	return m, errors.Join(finish(), buffered.Flush(), f.Sync())
}

// Check reads a backup from its beginning to its end and returns what it holds,
// or an error that says in a sentence why it cannot be used.
func Check(ctx context.Context, path, passphrase string) (Manifest, error) {
	return readFile(ctx, path, passphrase, sink{})
}

func readFile(ctx context.Context, path, passphrase string, to sink) (Manifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return Manifest{}, desk.Errorf(desk.Invalid, "The backup cannot be opened: %s", err)
	}
	defer f.Close()
	in, err := open(f, passphrase)
	if err != nil {
		return Manifest{}, err
	}
	return read(ctx, in, to)
}

// open decrypts a backup if it is encrypted.
func open(f io.Reader, passphrase string) (io.Reader, error) {
	in := bufio.NewReaderSize(f, 1<<20)
	start, err := in.Peek(len("age-encryption.org/"))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if string(start) != "age-encryption.org/" {
		return in, nil
	}
	if passphrase == "" {
		return nil, bad("The backup is encrypted. Give the file with its passphrase: --passphrase-file.")
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, err
	}
	out, err := age.Decrypt(in, identity)
	if err != nil {
		var wrong *age.NoIdentityMatchError
		if errors.As(err, &wrong) {
			return nil, bad("The passphrase is not the one of this backup.")
		}
		return nil, explain(err)
	}
	return out, nil
}

// Passphrase reads a passphrase from the first line of a file; "" for no file.
func Passphrase(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", desk.Errorf(desk.Invalid, "The passphrase cannot be read: %s", err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	if line = strings.TrimRight(line, "\r"); line == "" {
		return "", desk.Errorf(desk.Invalid, "The file %s has no passphrase in its first line.", path)
	}
	return line, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
